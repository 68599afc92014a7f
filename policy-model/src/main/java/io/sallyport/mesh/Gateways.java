package io.sallyport.mesh;

import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Kind;
import io.sallyport.policy.problem.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The gateways by name, in whichever of the two kinds they are written.
final class Gateways {
  private static final SortedMap<String, Document> NONE = Collections.emptySortedMap();

  private final SortedMap<String, SortedMap<String, Document>> byNamespace = new TreeMap<>();

  /// Of two gateways of one name, written in both kinds, the Gateway API's is kept.
  static Gateways of(List<Candidate> candidates, LinkReport report) {
    Gateways gateways = new Gateways();
    for (Candidate candidate : candidates) {
      GatewayName name = new GatewayName(candidate.key().namespace(), candidate.key().name());
      Optional<Document> twin = gateways.document(name);
      if (twin.isPresent()) {
        candidate.forms().stream()
            .findFirst()
            .ifPresent(document -> report.add(twice(name, twin.get(), document)));
        report.state(candidate, Form.NONE, Optional.empty());
        continue;
      }
      candidate
          .inForce(report)
          .ifPresent(document ->
              gateways
                  .byNamespace
                  .computeIfAbsent(name.namespace(), _ -> new TreeMap<>())
                  .put(name.name(), document));
    }
    return gateways;
  }

  private static Problem twice(GatewayName name, Document kept, Document other) {
    return LinkReport.error(
        other,
        new FieldPath("metadata.name"),
        "gateway %s is written twice, as %s and as %s"
            .formatted(name, kept.key().kind(), other.key().kind()),
        "delete one of them",
        new LinkReport.Place(
            kept, new FieldPath("metadata.name"), "kept: the " + kept.key().kind()));
  }

  Optional<Document> document(GatewayName name) {
    return Optional.ofNullable(byNamespace.getOrDefault(name.namespace(), NONE).get(name.name()));
  }

  Optional<Gateway> gateway(GatewayName name) {
    return document(name).map(document -> (Gateway) document.resource());
  }

  /// The listener on one port of a gateway.
  Optional<Listener> listener(GatewayName name, int port) {
    return gateway(name).flatMap(gateway -> Optional.ofNullable(listeners(gateway).get(port)));
  }

  /// The egress gateways of a namespace by name.
  SortedMap<String, Document> egress(String namespace) {
    SortedMap<String, Document> egress = new TreeMap<>(byNamespace.getOrDefault(namespace, NONE));
    egress.values().removeIf(document -> gatewayClass(document) != GatewayClass.SALLYPORT_EGRESS);
    return egress;
  }

  /// Every egress gateway, sorted.
  List<Document> egress() {
    List<Document> all = new ArrayList<>();
    byNamespace.keySet().forEach(namespace -> all.addAll(egress(namespace).values()));
    return all;
  }

  /// A gateway's listeners by port, and of several on one port the first; the reserved one too.
  static SortedMap<Integer, Listener> listeners(Gateway gateway) {
    SortedMap<Integer, Listener> byPort = new TreeMap<>();
    byPort.put(Gateway.MESH_LISTENER.port(), Gateway.MESH_LISTENER);
    gateway.listeners().forEach(listener -> byPort.putIfAbsent(listener.port(), listener));
    return byPort;
  }

  private static GatewayClass gatewayClass(Document document) {
    return ((Gateway) document.resource()).gatewayClass();
  }

  /// Where a gateway's listener is written. Of an `IstioGateway` that is the list only, since some
  /// of its entries are no listeners. The reserved listener is written nowhere.
  static FieldPath field(Gateway gateway, Listener listener) {
    if (listener.equals(Gateway.MESH_LISTENER)) {
      return new FieldPath("spec");
    }
    return gateway.kind() == Kind.ISTIO_GATEWAY
        ? new FieldPath("spec.ports")
        : new FieldPath("spec.listeners").index(gateway.listeners().indexOf(listener));
  }

  /// The port on which a proxy with these `ports` really listens for a listener.
  static int bindPort(Listener listener, Map<String, Integer> ports) {
    return ports.getOrDefault(listener.name(), listener.port());
  }

  private SortedMap<GatewayName, Gateway> resources() {
    SortedMap<GatewayName, Gateway> resources = new TreeMap<>();
    byNamespace.forEach((namespace, byName) ->
        byName.forEach((name, document) ->
            resources.put(new GatewayName(namespace, name), (Gateway) document.resource())));
    return resources;
  }

  /// Equal where the gateways are, wherever their documents stand.
  @Override
  public boolean equals(Object other) {
    return other instanceof Gateways gateways && resources().equals(gateways.resources());
  }

  @Override
  public int hashCode() {
    return resources().hashCode();
  }
}
