package io.sallyport.bootstrap;

import io.sallyport.identity.DnsNames;
import io.sallyport.identity.IdentityException;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.Parsed;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// A DNS name or an IP address, with a port: `xds.example.com:15012`, `127.0.0.1:15012`,
/// `[::1]:15012`.
///
/// @param host in its one form: lower case, no brackets
public record HostPort(String host, int port) {
  private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

  public HostPort {
    if (IpLiteral.parse(host) instanceof Parsed.Valid<String> valid) {
      host = valid.value();
    } else if (!DnsNames.isHost(host)) {
      throw new IdentityException("'" + host + "' is no host: expected a DNS name or IP address");
    }
    if (port < 1 || port > 65535) {
      throw new IdentityException("port " + port + " is out of range: expected 1 to 65535");
    }
  }

  /// @param option the option that the text came from, for the message
  /// @throws IdentityException when it is no host with a port
  public static HostPort parse(String option, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    String port = text.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    boolean valid =
        bracketed
            ? host.contains(":") && address(host).isPresent()
            : !host.contains(":") && (address(host).isPresent() || DnsNames.isHost(host));
    if (colon < 0 || !valid || !PORT.matcher(port).matches() || Integer.parseInt(port) > 65535) {
      throw new IdentityException(
          option + " '" + text + "' is no address: expected HOST:PORT, or [IPV6]:PORT");
    }
    return new HostPort(host, Integer.parseInt(port));
  }

  /// @throws IdentityException when the host is a name
  HostPort requireAddress(String option) {
    if (!isAddress()) {
      throw new IdentityException(
          option + " '" + this + "' has no IP address: expected ADDRESS:PORT");
    }
    return this;
  }

  public boolean isAddress() {
    return address(host).isPresent();
  }

  public boolean isLoopback() {
    return address(host).map(InetAddress::isLoopbackAddress).orElse(false);
  }

  /// The address that the text is, without asking any resolver; empty for anything else.
  static Optional<InetAddress> address(String text) {
    return IpLiteral.parse(text) instanceof Parsed.Valid<String> valid
        ? Optional.of(InetAddress.ofLiteral(valid.value()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
