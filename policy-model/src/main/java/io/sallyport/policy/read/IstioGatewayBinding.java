package io.sallyport.policy.read;

import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Gateway.Protocol;
import io.sallyport.policy.Kind;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.problem.Printable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// ASM's `IstioGateway`: its type and its ports are those of a Gateway; most of its other fields
/// say how ASM deploys it.
final class IstioGatewayBinding {
  /// How ASM deploys the gateway; ours is deployed by whoever starts its Envoys.
  private static final String[] OF_THE_DEPLOYMENT = {
    "affinity",
    "applicationPorts",
    "autoCreateGatewayYaml",
    "autoscaleEnabled",
    "clusterIds",
    "compression",
    "configVolumes",
    "cpu",
    "disableContainerPortExposed",
    "dnsPolicy",
    "env",
    "externalTrafficPolicy",
    "hostNetwork",
    "kernel",
    "lifecycle",
    "loadBalancerClass",
    "loadBalancerIP",
    "maxReplicas",
    "memory",
    "minReplicas",
    "nodeSelector",
    "podAnnotations",
    "podLabels",
    "readinessProbe",
    "replicaCount",
    "requestedNetworkView",
    "resources",
    "rollingMaxSurge",
    "rollingMaxUnavailable",
    "runAsRoot",
    "sds",
    "secretVolumes",
    "serviceAnnotations",
    "serviceLabels",
    "serviceType",
    "tolerations"
  };

  private static final int MOST_PORTS = 64;
  private static final String STATUS_PORT = "status-port";

  private IstioGatewayBinding() {}

  static Gateway bind(Metadata metadata, RecordBinder spec) {
    spec.withoutEffect(OF_THE_DEPLOYMENT);
    spec.notSupportedYet("meshExpansionPorts", "overrides");
    FieldValue type = spec.required("gatewayType");
    GatewayClass gatewayClass =
        type.parse(IstioGatewayBinding::gatewayClass, GatewayClass.SALLYPORT_EGRESS);
    type.notSupportedYet(gatewayClass == GatewayClass.SALLYPORT_INGRESS, "gateway type ingress");
    Distinct names = new Distinct("port name");
    Distinct numbers = new Distinct("port");
    List<Optional<Listener>> ports =
        spec.required("ports")
            .list(MOST_PORTS, item -> item.object(port -> listener(port, names, numbers)));
    return new Gateway(
        Kind.ISTIO_GATEWAY,
        metadata,
        gatewayClass,
        ports.stream().flatMap(Optional::stream).toList());
  }

  private static Parsed<GatewayClass> gatewayClass(String written) {
    return switch (written) {
      case "egress" -> Parsed.valid(GatewayClass.SALLYPORT_EGRESS);
      case "ingress" -> Parsed.valid(GatewayClass.SALLYPORT_INGRESS);
      default ->
          Parsed.invalid(
              "unknown gateway type " + Printable.quote(written), "expected `egress` or `ingress`");
    };
  }

  /// A port of the gateway; empty for the one on which ASM asks for the gateway's health, and for
  /// the reserved one, which every gateway has.
  private static Optional<Listener> listener(RecordBinder port, Distinct names, Distinct numbers) {
    port.ignored("nodePort", "targetPort");
    FieldValue nameField = port.required("name");
    FieldValue numberField = port.required("port");
    String name = names.check(nameField, nameField.parse(KubernetesName::dnsLabel, ""));
    int number = numbers.check(numberField, numberField.port(0));
    Protocol byName = protocolByName(name);
    Protocol written = port.optional("protocol").parse(IstioGatewayBinding::protocol, Protocol.TCP);
    Protocol protocol =
        port.optional("appProtocol")
            .parse(IstioGatewayBinding::protocol, written == Protocol.TCP ? byName : written);
    return name.equals(STATUS_PORT) || number == Gateway.MESH_LISTENER.port()
        ? Optional.empty()
        : Optional.of(new Listener(name, number, protocol));
  }

  private static Parsed<Protocol> protocol(String written) {
    return switch (written.toUpperCase(Locale.ROOT)) {
      case "HTTP", "HTTP2", "GRPC" -> Parsed.valid(Protocol.HTTP);
      case "HTTPS" -> Parsed.valid(Protocol.HTTPS);
      case "TLS" -> Parsed.valid(Protocol.TLS);
      case "TCP" -> Parsed.valid(Protocol.TCP);
      default ->
          Parsed.invalid(
              "unknown protocol " + Printable.quote(written),
              "expected HTTP, HTTP2, GRPC, HTTPS, TLS or TCP");
    };
  }

  /// Where the protocol is TCP, or not written, the port's name says what is inside (Istio,
  /// "Explicit protocol selection").
  private static Protocol protocolByName(String name) {
    return switch (name.split("-", 2)[0]) {
      case "http", "http2", "grpc" -> Protocol.HTTP;
      case "https" -> Protocol.HTTPS;
      case "tls" -> Protocol.TLS;
      default -> Protocol.TCP;
    };
  }
}
