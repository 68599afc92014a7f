package io.sallyport.mesh;

import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.WorkloadEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Every workload of the mesh, what its proxy is, and who carries which labels.
final class Registry {
  /// The Gateway API's own label: a workload that carries it is a proxy of that gateway.
  static final String GATEWAY_LABEL = "gateway.networking.k8s.io/gateway-name";

  private final SortedMap<String, SortedMap<String, Workload>> byNamespace = new TreeMap<>();
  private final Map<GatewayName, List<Workload>> proxies = new HashMap<>();
  private final Map<String, List<Workload>> sidecars = new HashMap<>();
  private final Map<Label, List<Workload>> sidecarsByLabel = new HashMap<>();

  /// One label of the workloads of one namespace.
  private record Label(String namespace, String key, String value) {}

  Registry(List<WorkloadEntry> entries, Gateways gateways) {
    for (WorkloadEntry entry : entries) {
      Workload workload = new Workload(entry, kind(entry, gateways));
      byNamespace
          .computeIfAbsent(workload.namespace(), _ -> new TreeMap<>())
          .put(workload.name(), workload);
    }
    byNamespace.values().forEach(workloads -> workloads.values().forEach(this::index));
  }

  private static ProxyKind kind(WorkloadEntry entry, Gateways gateways) {
    boolean egress =
        gatewayOf(entry)
            .flatMap(gateways::gateway)
            .filter(gateway -> gateway.gatewayClass() == GatewayClass.SALLYPORT_EGRESS)
            .isPresent();
    return egress ? ProxyKind.EGRESS_GATEWAY : ProxyKind.SIDECAR;
  }

  private void index(Workload workload) {
    switch (workload.proxyKind()) {
      case SIDECAR -> {
        sidecars.computeIfAbsent(workload.namespace(), _ -> new ArrayList<>()).add(workload);
        workload
            .entry()
            .labels()
            .forEach((key, value) ->
                sidecarsByLabel
                    .computeIfAbsent(
                        new Label(workload.namespace(), key, value), _ -> new ArrayList<>())
                    .add(workload));
      }
      case EGRESS_GATEWAY, INGRESS_GATEWAY ->
          gatewayOf(workload.entry())
              .ifPresent(
                  name -> proxies.computeIfAbsent(name, _ -> new ArrayList<>()).add(workload));
    }
  }

  /// The gateway whose proxy an entry says it is, by its label.
  static Optional<GatewayName> gatewayOf(WorkloadEntry entry) {
    return Optional.ofNullable(entry.labels().get(GATEWAY_LABEL))
        .map(name -> new GatewayName(entry.metadata().namespace(), name));
  }

  Optional<Workload> workload(String namespace, String name) {
    return Optional.ofNullable(
        byNamespace.getOrDefault(namespace, Collections.emptySortedMap()).get(name));
  }

  /// The proxies of a gateway, by name.
  List<Workload> proxies(GatewayName gateway) {
    return proxies.getOrDefault(gateway, List.of());
  }

  /// The namespaces that have workloads with sidecars.
  Map<String, List<Workload>> sidecars() {
    return Collections.unmodifiableMap(sidecars);
  }

  /// The workloads with sidecars that a source of a rule selects, by name. A gateway's own proxies
  /// are nobody's source.
  List<Workload> select(Source source) {
    List<Workload> fewest = sidecars.getOrDefault(source.namespace(), List.of());
    for (Map.Entry<String, String> label : source.workloadSelector().entrySet()) {
      List<Workload> carriers =
          sidecarsByLabel.getOrDefault(
              new Label(source.namespace(), label.getKey(), label.getValue()), List.of());
      if (carriers.size() < fewest.size()) {
        fewest = carriers;
      }
    }
    return fewest.stream().filter(workload -> selects(source, workload.entry().labels())).toList();
  }

  /// Whether a workload of the source's namespace with these labels is meant.
  static boolean selects(Source source, Map<String, String> labels) {
    return labels.entrySet().containsAll(source.workloadSelector().entrySet());
  }

  /// The SPIFFE IDs of some workloads.
  static SortedSet<String> spiffeIds(List<Workload> workloads, String trustDomain) {
    SortedSet<String> ids = new TreeSet<>();
    workloads.forEach(workload -> ids.add(workload.spiffeId(trustDomain)));
    return ids;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Registry registry && byNamespace.equals(registry.byNamespace);
  }

  @Override
  public int hashCode() {
    return byNamespace.hashCode();
  }
}
