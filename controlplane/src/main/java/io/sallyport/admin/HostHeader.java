package io.sallyport.admin;

import java.util.Locale;
import java.util.regex.Pattern;

/// Which `Host` headers (RFC 9110, section 7.2) are answered. A page of the web can make a browser
/// on this machine ask us under a name of its own that it lets resolve to our address (DNS
/// rebinding), and read the answer; under an address or under `localhost` it can't.
final class HostHeader {
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-fA-F:.]+]");
  private static final Pattern PORT = Pattern.compile(":[0-9]*$");

  private HostHeader() {}

  /// @param header `HOST` or `HOST:PORT`
  /// @param configured the name or address we were told to listen on
  static boolean isOurs(String header, String configured) {
    String host = PORT.matcher(header).replaceFirst("").toLowerCase(Locale.ROOT);
    return host.equals("localhost")
        || host.equals(configured.toLowerCase(Locale.ROOT))
        || IPV4.matcher(host).matches()
        || IPV6.matcher(host).matches();
  }
}
