package io.sallyport.policy.read;

import io.sallyport.policy.AuthorizationPolicy.AllOf;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.EgressTrafficPolicy.EgressRule;
import io.sallyport.policy.EgressTrafficPolicy.HttpsUpgrade;
import io.sallyport.policy.EgressTrafficPolicy.Port;
import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.EgressTrafficPolicy.TcpMatch;
import io.sallyport.policy.EgressTrafficPolicy.Terms;
import io.sallyport.policy.HostName;
import io.sallyport.policy.Kind;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Outside;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.ValueMatch;
import io.sallyport.policy.WildcardHost;
import io.sallyport.policy.problem.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// `istio.alibabacloud.com ASMEgressTrafficPolicy` with the fields of its public schema, and our
/// own `EgressTrafficPolicy` of the same shape.
final class EgressTrafficPolicyBinding {
  private static final int MOST = 10_000;
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private EgressTrafficPolicyBinding() {}

  static EgressTrafficPolicy bind(Kind kind, Metadata metadata, RecordBinder spec) {
    boolean own = kind == Kind.EGRESS_TRAFFIC_POLICY;
    boolean shadow = own && shadow(spec);
    return new EgressTrafficPolicy(
        kind,
        metadata,
        spec.required("byEgressGateway").object(EgressTrafficPolicyBinding::gateway),
        spec.required("egressRules").list(MOST, item -> item.object(r -> rule(r, own, shadow))));
  }

  private static String gateway(RecordBinder gateway) {
    gateway.notSupportedYet("port");
    return gateway.required("name").parse(KubernetesName::dnsSubdomain, "");
  }

  /// @param own whether it is our own kind, which has more fields
  private static EgressRule rule(RecordBinder rule, boolean own, boolean shadow) {
    rule.optional("name").string("");
    return new EgressRule(
        rule.required("from").list(MOST, item -> item.object(EgressTrafficPolicyBinding::source)),
        rule.required("to").list(MOST, item -> item.object(to -> destination(to, own))),
        own ? terms(rule, shadow) : Terms.NONE);
  }

  private static Terms terms(RecordBinder rule, boolean shadow) {
    return new Terms(
        rule.optional("notAfter").map(field -> field.parse(Times::instant, Instant.MAX)),
        rule.optional("owner").string(""),
        rule.optional("ticket").string(""),
        shadow(rule) || shadow);
  }

  private static boolean shadow(RecordBinder fields) {
    return fields.optional("enforcement").oneOf(Enforcement.class, Enforcement.Enforce)
        == Enforcement.Shadow;
  }

  private enum Enforcement {
    Enforce,
    Shadow
  }

  private static Source source(RecordBinder source) {
    return new Source(
        source.required("namespace").parse(KubernetesName::dnsLabel, ""),
        source.optional("workloadSelector").selector());
  }

  private static Destination destination(RecordBinder to, boolean own) {
    Port port = to.required("port").object(EgressTrafficPolicyBinding::port);
    FieldValue hop = to.optional("byEgressGateway");
    Optional<Integer> gatewayPort = hop.object(EgressTrafficPolicyBinding::gatewayPort);
    if (gatewayPort.isEmpty() && port.protocol() == Protocol.HTTP) {
      hop.error(
          "protocol HTTP needs `byEgressGateway.port`", "name one of the gateway's ports for HTTP");
    }
    FieldValue upgradeField = to.optional("httpsUpgrade");
    Optional<HttpsUpgrade> upgrade = upgradeField.object(upgrading -> httpsUpgrade(upgrading, own));
    if (upgrade.isPresent() && port.protocol() != Protocol.HTTP) {
      upgradeField.error(
          "`httpsUpgrade` with protocol " + port.protocol(),
          "only what the application sends as HTTP can be upgraded");
    }
    FieldValue hostsField = to.required("hosts");
    List<String> hosts = Distinct.hosts(hostsField, written -> host(written, port.protocol(), own));
    Optional<TcpMatch> match =
        TcpMatchBinding.bind(
            own ? to.optional("match").map(field -> field) : Optional.empty(),
            hostsField,
            hosts,
            port.protocol());
    List<AllOf> http = own ? http(to.optional("http"), port.protocol()) : List.of();
    Outside outside =
        own
            ? OutsideBinding.bind(
                to,
                port.protocol(),
                upgrade.isPresent(),
                upgrade.map(HttpsUpgrade::port).orElse(port.number()))
            : Outside.DEFAULT;
    if (own) {
      WildcardBinding.check(to, hosts, outside);
    }
    Destination destination =
        new Destination(
            to.optional("name").parse(KubernetesName::dnsSubdomain, ""),
            hosts,
            port,
            gatewayPort,
            match,
            upgrade,
            http,
            own
                ? RateLimitBinding.bind(to.optional("rateLimit"), port.protocol())
                : Optional.empty(),
            own && to.optional("connect").bool(false),
            outside);
    if (destination.connect()) {
      ConnectBinding.check(to.optional("connect"), destination);
    }
    return destination;
  }

  private static Parsed<String> host(String written, Protocol protocol, boolean own) {
    if (own && WildcardHost.isWildcard(written)) {
      return WildcardHost.parseOrName(written);
    }
    return protocol == Protocol.TCP ? HostName.parseOrIp(written) : HostName.parse(written);
  }

  /// The requests that are granted.
  private static List<AllOf> http(FieldValue http, Protocol protocol) {
    if (http.isPresent() && protocol != Protocol.HTTP) {
      http.error(
          "`http` with protocol " + protocol,
          "requests inside the application's own TLS can't be seen; leave it out, or let the"
              + " gateway start TLS with `httpsUpgrade`");
    }
    return http.isPresent()
        ? http.list(MOST, item -> item.object(EgressTrafficPolicyBinding::request))
        : List.of();
  }

  private static AllOf request(RecordBinder request) {
    List<Condition> conditions = new ArrayList<>();
    values(conditions, Attribute.METHOD, "", request.optional("methods"), MatchForms::method);
    values(conditions, Attribute.PATH, "", request.optional("paths"), MatchForms::path);
    request
        .optional("headers")
        .map(EgressTrafficPolicyBinding::headerName, field -> field)
        .forEach(
            (name, field) -> values(conditions, Attribute.HEADER, name, field, MatchForms::text));
    if (conditions.isEmpty()) {
      request.error("a request that names nothing", "write `methods`, `paths` or `headers`");
    }
    return new AllOf(conditions);
  }

  private static Parsed<String> headerName(String written) {
    return HEADER.matcher(written).matches()
        ? Parsed.valid(written.toLowerCase(Locale.ROOT))
        : Parsed.invalid(Printable.quote(written) + " is not the name of a header");
  }

  private static void values(
      List<Condition> conditions,
      Attribute attribute,
      String key,
      FieldValue field,
      Function<String, Parsed<ValueMatch>> form) {
    if (field.isPresent()) {
      conditions.add(
          new Condition(
              attribute,
              key,
              field.list(MOST, item -> item.parse(form, new ValueMatch.Present())),
              List.of()));
    }
  }

  private static Port port(RecordBinder port) {
    port.notSupportedYet("targetPort");
    return new Port(
        port.optional("name").parse(KubernetesName::dnsLabel, ""),
        port.required("number").port(0),
        port.required("protocol").parse(EgressTrafficPolicyBinding::protocol, Protocol.HTTP));
  }

  /// Istio's names of protocols, in which case does not matter.
  private static Parsed<Protocol> protocol(String written) {
    String name = written.toUpperCase(Locale.ROOT);
    return switch (name) {
      case "HTTP" -> Parsed.valid(Protocol.HTTP);
      case "HTTPS" -> Parsed.valid(Protocol.HTTPS);
      case "TCP" -> Parsed.valid(Protocol.TCP);
      case "GRPC", "GRPC-WEB", "HTTP2", "MONGO", "TLS" ->
          Parsed.invalid("not supported yet: protocol " + name);
      default ->
          Parsed.invalid(
              "unknown protocol " + Printable.quote(written), "expected HTTP, HTTPS or TCP");
    };
  }

  private static Optional<Integer> gatewayPort(RecordBinder gateway) {
    gateway.notSupportedYet("name");
    return gateway.optional("port").map(port -> port.port(0));
  }

  private static Optional<HttpsUpgrade> httpsUpgrade(RecordBinder upgrade, boolean own) {
    boolean enabled = upgrade.optional("enabled").bool(false);
    int port = upgrade.optional("port").port(443);
    boolean directTls = !own || upgrade.optional("directTls").bool(true);
    return enabled ? Optional.of(new HttpsUpgrade(port, directTls)) : Optional.empty();
  }
}
