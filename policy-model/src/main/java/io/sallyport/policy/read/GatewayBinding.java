package io.sallyport.policy.read;

import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Gateway.Protocol;
import io.sallyport.policy.Kind;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.problem.NearestName;
import io.sallyport.policy.problem.Printable;
import java.util.List;

/// `gateway.networking.k8s.io Gateway` of our own classes.
final class GatewayBinding {
  static final String EGRESS_CLASS = "sallyport-egress";
  static final String INGRESS_CLASS = "sallyport-ingress";
  private static final int MOST_LISTENERS = 64;

  private GatewayBinding() {}

  static Gateway bind(Metadata metadata, RecordBinder spec) {
    FieldValue className = spec.required("gatewayClassName");
    GatewayClass gatewayClass =
        className.parse(GatewayBinding::gatewayClass, GatewayClass.SALLYPORT_EGRESS);
    className.notSupportedYet(
        gatewayClass == GatewayClass.SALLYPORT_INGRESS, "gateway class " + INGRESS_CLASS);
    spec.withoutEffect("infrastructure");
    spec.notSupportedYet("addresses", "allowedListeners", "backendTLS", "tls", "defaultScope");
    Distinct names = new Distinct("listener name");
    Distinct ports = new Distinct("listener port");
    return new Gateway(
        Kind.GATEWAY,
        metadata,
        gatewayClass,
        spec.required("listeners")
            .list(MOST_LISTENERS, item -> item.object(l -> listener(l, names, ports))));
  }

  /// Whether a class is meant to be one of ours, be it misspelt.
  static boolean isOurs(String className) {
    return className.startsWith("sallyport")
        || NearestName.to(className, List.of(EGRESS_CLASS, INGRESS_CLASS)).isPresent();
  }

  private static Parsed<GatewayClass> gatewayClass(String written) {
    return switch (written) {
      case EGRESS_CLASS -> Parsed.valid(GatewayClass.SALLYPORT_EGRESS);
      case INGRESS_CLASS -> Parsed.valid(GatewayClass.SALLYPORT_INGRESS);
      default ->
          Parsed.invalid(
              "unknown gateway class " + Printable.quote(written),
              "expected `" + EGRESS_CLASS + "` or `" + INGRESS_CLASS + "`");
    };
  }

  private static Listener listener(RecordBinder listener, Distinct names, Distinct ports) {
    listener.withoutEffect("allowedRoutes");
    listener.notSupportedYet("hostname");
    Protocol protocol = listener.required("protocol").oneOf(Protocol.class, Protocol.HTTP);
    FieldValue tls = listener.optional("tls");
    boolean passthrough = tls.object(GatewayBinding::isPassthrough);
    tls.notSupportedYet(
        tls.isPresent() && !passthrough,
        "tls.mode Terminate, the default; write `mode: Passthrough`");
    switch (protocol) {
      case TLS -> {
        if (!tls.isPresent()) {
          listener.error("a TLS listener needs `tls`", "write `tls: {mode: Passthrough}`");
        }
      }
      case HTTP, TCP ->
          tls.ifPresent(
              t -> t.error("`tls` on a listener of protocol " + protocol, "leave it out"));
      case HTTPS -> {}
    }
    FieldValue name = listener.required("name");
    FieldValue port = listener.required("port");
    int number = ports.check(port, port.port(0));
    if (number == Gateway.MESH_LISTENER.port()) {
      port.error(
          "port " + number + " is reserved for hops that name no port",
          "leave it out: every egress gateway has it");
    }
    return new Listener(
        names.check(name, name.parse(KubernetesName::dnsSubdomain, "")), number, protocol);
  }

  private static boolean isPassthrough(RecordBinder tls) {
    tls.notSupportedYet("certificateRefs", "frontendValidation", "options");
    return tls.optional("mode").oneOf(TlsMode.class, TlsMode.Terminate) == TlsMode.Passthrough;
  }

  /// As Gateway API spells them.
  private enum TlsMode {
    Terminate,
    Passthrough
  }
}
