package io.sallyport.policy.read;

import io.sallyport.policy.HostName;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.MeshConfig.Certificates;
import io.sallyport.policy.MeshConfig.Dns;
import io.sallyport.policy.MeshConfig.ExternalTrust;
import io.sallyport.policy.MeshConfig.HostAlias;
import io.sallyport.policy.MeshConfig.OutboundMode;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.problem.Printable;
import java.time.Duration;

/// `mesh.sallyport.io/v1 MeshConfig`.
final class MeshConfigBinding {
  private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(60);
  private static final Duration LONGEST_LIFETIME = Duration.ofHours(24);

  private MeshConfigBinding() {}

  static MeshConfig bind(Metadata metadata, RecordBinder spec) {
    return new MeshConfig(
        metadata,
        spec.optional("trustDomain")
            .parse(KubernetesName::trustDomain, MeshConfig.DEFAULT.trustDomain()),
        spec.optional("outboundTrafficPolicy").object(MeshConfigBinding::outboundMode),
        spec.optional("rootNamespace")
            .parse(KubernetesName::dnsLabel, MeshConfig.DEFAULT.rootNamespace()),
        spec.optional("dns").object(MeshConfigBinding::dns),
        spec.optional("externalTrust").object(MeshConfigBinding::externalTrust),
        spec.optional("certificates").object(MeshConfigBinding::certificates));
  }

  private static OutboundMode outboundMode(RecordBinder policy) {
    FieldValue field = policy.optional("mode");
    OutboundMode mode = field.oneOf(OutboundMode.class, MeshConfig.DEFAULT.outboundMode());
    return mode;
  }

  private static Dns dns(RecordBinder dns) {
    return new Dns(
        dns.optional("resolvers").list(item -> item.parse(MeshConfigBinding::resolver, "")),
        dns.optional("hostAliases").list(item -> item.object(MeshConfigBinding::hostAlias)));
  }

  private static HostAlias hostAlias(RecordBinder alias) {
    return new HostAlias(
        alias.required("ip").parse(IpLiteral::parse, ""),
        Distinct.hosts(alias.required("hostnames"), HostName::parse));
  }

  private static ExternalTrust externalTrust(RecordBinder trust) {
    return new ExternalTrust(
        trust.optional("systemRoots").bool(true),
        trust.optional("caFiles").list(item -> item.parse(MeshConfigBinding::fileName, "")));
  }

  private static Certificates certificates(RecordBinder certificates) {
    return new Certificates(
        certificates
            .optional("workloadLifetime")
            .parse(
                written -> Durations.parse(written, SHORTEST_LIFETIME, LONGEST_LIFETIME),
                MeshConfig.DEFAULT.certificates().workloadLifetime()));
  }

  /// `address`, `address:port` or `[address]:port`.
  private static Parsed<String> resolver(String written) {
    int portAt =
        written.matches(".*\\]:[0-9]{1,5}|[^:]*:[0-9]{1,5}") ? written.lastIndexOf(':') : -1;
    String address = portAt < 0 ? written : written.substring(0, portAt);
    boolean bracketed = portAt >= 0 && address.startsWith("[") && address.endsWith("]");
    String literal = bracketed ? address.substring(1, address.length() - 1) : address;
    int port = portAt < 0 ? 53 : Integer.parseInt(written.substring(portAt + 1));
    if (port < 1 || port > 65535) {
      return Parsed.invalid("port " + port + " is out of range", "expected 1 to 65535");
    }
    return switch (IpLiteral.parse(literal)) {
      case Parsed.Valid<String>(String ip) ->
          Parsed.valid(portAt < 0 ? ip : (ip.indexOf(':') < 0 ? ip : "[" + ip + "]") + ":" + port);
      case Parsed.Invalid<String>(String message, String help) ->
          Parsed.invalid(message, help.isEmpty() ? "expected `address` or `address:port`" : help);
    };
  }

  private static Parsed<String> fileName(String written) {
    return written.isBlank() || !Printable.text(written).equals(written)
        ? Parsed.invalid(Printable.quote(written) + " is not a file name")
        : Parsed.valid(written);
  }
}
