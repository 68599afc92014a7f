package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Gateway.Protocol;
import io.sallyport.policy.problem.NearestName;
import io.sallyport.policy.problem.Problem;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// Finds the gateway and the port that a policy names, or says what is wrong with the name.
final class GatewayLookup {
  private static final FieldPath GATEWAY_FIELD = new FieldPath("spec.byEgressGateway.name");

  private final Gateways gateways;

  GatewayLookup(Gateways gateways) {
    this.gateways = gateways;
  }

  /// Why a policy's gateway can't be used.
  Optional<Problem> missing(Document form, EgressTrafficPolicy policy) {
    String namespace = policy.metadata().namespace();
    SortedMap<String, Document> known = gateways.egress(namespace);
    if (known.containsKey(policy.gateway())) {
      return Optional.empty();
    }
    GatewayName name = new GatewayName(namespace, policy.gateway());
    return Optional.of(
        gateways
            .document(name)
            .map(other ->
                LinkReport.error(
                    form,
                    GATEWAY_FIELD,
                    "gateway %s is not an egress gateway".formatted(name),
                    "it needs `gatewayClassName: sallyport-egress`",
                    new LinkReport.Place(
                        other, new FieldPath("spec.gatewayClassName"), "its class")))
            .orElseGet(() ->
                LinkReport.error(
                    form,
                    GATEWAY_FIELD,
                    "unknown egress gateway `%s` in namespace %s"
                        .formatted(policy.gateway(), namespace),
                    suggestion(policy.gateway(), namespace, known))));
  }

  private static String suggestion(
      String name, String namespace, SortedMap<String, Document> known) {
    if (known.isEmpty()) {
      return "namespace %s has no egress gateway; a policy stands in the namespace of its gateway"
          .formatted(namespace);
    }
    return NearestName.to(name, known.keySet())
        .map("did you mean `%s`?"::formatted)
        .orElse("egress gateways of that namespace: " + String.join(", ", known.keySet()));
  }

  /// Why a destination's gateway port can't be used; the gateway itself is known.
  Optional<Problem> unusable(
      Document form, EgressTrafficPolicy policy, Destination destination, FieldPath field) {
    GatewayName name = new GatewayName(policy.metadata().namespace(), policy.gateway());
    Document gatewayDocument = gateways.document(name).orElseThrow();
    Gateway gateway = (Gateway) gatewayDocument.resource();
    int port = destination.gatewayPort().orElse(Gateway.MESH_LISTENER.port());
    FieldPath portField = field.child("byEgressGateway").child("port");
    Listener listener = Gateways.listeners(gateway).get(port);
    if (listener == null) {
      return Optional.of(
          LinkReport.error(
              form, portField, "gateway %s has no port %d".formatted(name, port), ports(gateway)));
    }
    if (carries(listener, destination.port().protocol())) {
      return Optional.empty();
    }
    return Optional.of(
        LinkReport.error(
            form,
            portField,
            "port %d of gateway %s carries %s, expected %s"
                .formatted(port, name, listener.protocol(), destination.port().protocol()),
            ports(gateway),
            new LinkReport.Place(
                gatewayDocument,
                Gateways.field(gateway, listener).child("protocol"),
                "the gateway's port")));
  }

  private static boolean carries(Listener listener, EgressTrafficPolicy.Protocol protocol) {
    return switch (protocol) {
      case HTTP -> listener.protocol() == Protocol.HTTP;
      case HTTPS -> listener.protocol() == Protocol.HTTPS || listener.protocol() == Protocol.TLS;
      case TCP -> listener.protocol() == Protocol.TCP || listener.equals(Gateway.MESH_LISTENER);
    };
  }

  private static String ports(Gateway gateway) {
    if (gateway.listeners().isEmpty()) {
      return "it has no ports";
    }
    return Gateways.listeners(gateway).values().stream()
        .map(listener -> listener.port() + " (" + listener.protocol() + ")")
        .collect(Collectors.joining(", ", "its ports: ", ""));
  }
}
