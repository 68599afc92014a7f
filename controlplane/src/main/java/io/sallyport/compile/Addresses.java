package io.sallyport.compile;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.sallyport.policy.IpLiteral;
import java.util.regex.Pattern;

/// Socket addresses as Envoy wants them: IP literals, never names.
final class Addresses {
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  private Addresses() {}

  static Address of(String ip, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(ip).setPortValue(port))
        .build();
  }

  /// Of `ADDRESS:PORT`, where an IPv6 address stands in brackets.
  ///
  /// @throws IllegalArgumentException where the text is anything else
  static Address ofHostAndPort(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("expected ADDRESS:PORT, got " + text);
    }
    String host = text.substring(0, colon);
    if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
      throw new IllegalArgumentException("expected brackets around the IPv6 address in " + text);
    }
    return of(requireIp(unbracketed(host)), port(text.substring(colon + 1)));
  }

  /// Of `ADDRESS` or `ADDRESS:PORT`; IPv6 with a port stands in brackets, without one it may.
  ///
  /// @throws IllegalArgumentException where the text is anything else
  static Address ofHostAndOptionalPort(String text, int defaultPort) {
    String ip = unbracketed(text);
    return IpLiteral.isIp(ip) ? of(ip, defaultPort) : ofHostAndPort(text);
  }

  static int portOf(Address address) {
    return address.getSocketAddress().getPortValue();
  }

  private static String requireIp(String text) {
    if (!IpLiteral.isIp(text)) {
      throw new IllegalArgumentException("expected an IP address, got " + text);
    }
    return text;
  }

  private static String unbracketed(String text) {
    return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
  }

  private static int port(String text) {
    if (PORT.matcher(text).matches()) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    }
    throw new IllegalArgumentException("expected a port between 1 and 65535, got " + text);
  }
}
