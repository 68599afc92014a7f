package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.Allowed;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Origin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The routes in force, found by whoever needs them: a sidecar by its labels, a gateway by its
/// name.
final class EgressRoutes {
  private final List<EgressRoute> routes;
  private final Map<Anchor, List<Selected>> bySource = new HashMap<>();
  private final Map<GatewayName, List<EgressRoute>> byGateway = new HashMap<>();
  private final Map<String, SortedSet<String>> labelsLookedAt = new HashMap<>();

  /// Where a source is filed: under its first label, or without labels under its namespace alone
  /// (empty key and value).
  private record Anchor(String namespace, String key, String value) {}

  private record Selected(Source source, EgressRoute route) {}

  EgressRoutes(List<EgressRoute> routes) {
    this.routes = List.copyOf(routes);
    for (EgressRoute route : routes) {
      GatewayName gateway = new GatewayName(route.hop().namespace(), route.hop().name());
      byGateway.computeIfAbsent(gateway, _ -> new ArrayList<>()).add(route);
      for (Source source : route.from()) {
        bySource
            .computeIfAbsent(anchor(source), _ -> new ArrayList<>())
            .add(new Selected(source, route));
        labelsLookedAt
            .computeIfAbsent(source.namespace(), _ -> new TreeSet<>())
            .addAll(source.workloadSelector().keySet());
      }
    }
  }

  private static Anchor anchor(Source source) {
    return source.workloadSelector().entrySet().stream()
        .findFirst()
        .map(label -> new Anchor(source.namespace(), label.getKey(), label.getValue()))
        .orElse(new Anchor(source.namespace(), "", ""));
  }

  /// The labels that any rule looks at in a namespace.
  SortedSet<String> labelsLookedAt(String namespace) {
    return labelsLookedAt.getOrDefault(namespace, Collections.emptySortedSet());
  }

  /// The routes of the workloads of a namespace that carry these labels, in no order.
  Collection<EgressRoute> of(String namespace, Map<String, String> labels) {
    // By identity: hashing hosts and sources of every route would cost more than all the rest.
    Map<EgressRoute, EgressRoute> found = new IdentityHashMap<>();
    collect(new Anchor(namespace, "", ""), labels, found);
    labels.forEach((key, value) -> collect(new Anchor(namespace, key, value), labels, found));
    return found.values();
  }

  private void collect(
      Anchor anchor, Map<String, String> labels, Map<EgressRoute, EgressRoute> found) {
    for (Selected selected : bySource.getOrDefault(anchor, List.of())) {
      if (Registry.selects(selected.source(), labels)) {
        found.put(selected.route(), selected.route());
      }
    }
  }

  /// Every route in force.
  List<EgressRoute> all() {
    return routes;
  }

  /// The routes through a gateway.
  List<EgressRoute> through(GatewayName gateway) {
    return byGateway.getOrDefault(gateway, List.of());
  }

  /// The origins of some routes, sorted.
  static List<Origin> origins(Collection<EgressRoute> routes) {
    return routes.stream().map(EgressRoute::origin).sorted().distinct().toList();
  }

  /// What some routes allow, sorted.
  static List<Allowed> allowed(Collection<EgressRoute> routes) {
    return routes.stream()
        .map(route -> new Allowed(route.origin(), route.requests()))
        .distinct()
        .sorted(Comparator.comparing(Allowed::origin))
        .toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EgressRoutes that && routes.equals(that.routes);
  }

  @Override
  public int hashCode() {
    return routes.hashCode();
  }
}
