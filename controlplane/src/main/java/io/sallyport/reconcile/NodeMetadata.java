package io.sallyport.reconcile;

import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.problem.NearestName;
import io.sallyport.policy.problem.Printable;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Reads the harmless choices of a proxy, `node.metadata.sallyport`: how traffic is intercepted and
/// where to listen.
final class NodeMetadata {
  private static final List<String> FIELDS =
      List.of("interception", "outbound", "inbound", "bind", "dns");
  private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

  private NodeMetadata() {}

  /// A value is not what it should be; the message says so to the proxy.
  static final class InvalidMetadataException extends Exception {
    private static final long serialVersionUID = 1;

    private InvalidMetadataException(String message) {
      super(message);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /// What is not written, or empty, is as in [ListenOptions#DEFAULT].
  static ListenOptions read(Map<String, String> metadata) throws InvalidMetadataException {
    for (String field : metadata.keySet()) {
      if (!FIELDS.contains(field)) {
        throw new InvalidMetadataException(
            "unknown node metadata sallyport.%s; %s"
                .formatted(
                    Printable.quote(field),
                    NearestName.to(field, FIELDS)
                        .map(name -> "did you mean " + name + "?")
                        .orElse("expected interception, outbound, inbound, bind or dns")));
      }
    }
    ListenOptions standard = ListenOptions.DEFAULT;
    return new ListenOptions(
        interception(metadata.getOrDefault("interception", "")),
        address("outbound", metadata.getOrDefault("outbound", ""), standard.outbound()),
        address("inbound", metadata.getOrDefault("inbound", ""), standard.inbound()),
        bind(metadata.getOrDefault("bind", "")),
        address("dns", metadata.getOrDefault("dns", ""), standard.dns()));
  }

  private static Interception interception(String value) throws InvalidMetadataException {
    return switch (value) {
      case "" -> ListenOptions.DEFAULT.interception();
      case "redirect" -> Interception.REDIRECT;
      case "tproxy" -> Interception.TPROXY;
      case "proxy-protocol" -> Interception.PROXY_PROTOCOL;
      default -> throw invalid("interception", value, "redirect, tproxy or proxy-protocol");
    };
  }

  private static String address(String field, String value, String standard)
      throws InvalidMetadataException {
    if (value.isEmpty()) {
      return standard;
    }
    int colon = value.lastIndexOf(':');
    String host = value.substring(0, Math.max(0, colon));
    String port = value.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String ip = bracketed ? host.substring(1, host.length() - 1) : host;
    if (!IpLiteral.isIp(ip)
        || ip.contains(":") != bracketed
        || !PORT.matcher(port).matches()
        || Integer.parseInt(port) > 65535) {
      throw invalid(field, value, "ADDRESS:PORT, an IP address (IPv6 in brackets) and 1 to 65535");
    }
    return value;
  }

  private static String bind(String value) throws InvalidMetadataException {
    if (!value.isEmpty() && !IpLiteral.isIp(value)) {
      throw invalid("bind", value, "an IP address");
    }
    return value;
  }

  private static InvalidMetadataException invalid(String field, String value, String expected) {
    return new InvalidMetadataException(
        "node metadata sallyport.%s is %s, expected %s"
            .formatted(field, Printable.quote(value), expected));
  }
}
