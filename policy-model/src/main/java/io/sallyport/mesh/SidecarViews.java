package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.MeshConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Cuts from the model what the sidecars of one scope may see.
final class SidecarViews {
  private final MeshConfig config;
  private final Registry registry;
  private final EgressRoutes routes;

  /// A host and a port as a sidecar sees them.
  private record HostPort(int port, String host) implements Comparable<HostPort> {
    private static final Comparator<HostPort> ORDER =
        Comparator.comparingInt(HostPort::port).thenComparing(HostPort::host);

    @Override
    public int compareTo(HostPort other) {
      return ORDER.compare(this, other);
    }
  }

  SidecarViews(MeshConfig config, Registry registry, EgressRoutes routes) {
    this.config = config;
    this.registry = registry;
    this.routes = routes;
  }

  SidecarView empty(Scope scope) {
    return view(scope, List.of());
  }

  SidecarView view(Scope scope) {
    SortedMap<HostPort, List<EgressRoute>> cells = new TreeMap<>();
    for (EgressRoute route : routes.of(scope.namespace(), scope.labels())) {
      for (String host : new TreeSet<>(route.hosts())) {
        cells.computeIfAbsent(new HostPort(route.port(), host), _ -> new ArrayList<>()).add(route);
      }
    }
    Map<GatewayName, SortedSet<String>> gatewayNames = new HashMap<>();
    List<OutboundRoute> outbound = new ArrayList<>();
    for (Map.Entry<HostPort, List<EgressRoute>> cell : cells.entrySet()) {
      List<EgressRoute> grants = cell.getValue();
      // Routes of one host and port that went different ways would have been a contradiction.
      ServicePort hop = grants.getFirst().hop();
      SortedSet<String> names =
          gatewayNames.computeIfAbsent(
              GatewayName.of(hop),
              gateway -> Registry.spiffeIds(registry.proxies(gateway), config.trustDomain()));
      // Without a proxy there is no name to demand of it, and no hop is better than a hop to
      // anyone.
      if (!names.isEmpty()) {
        outbound.add(
            new OutboundRoute(
                cell.getKey().port(),
                cell.getKey().host(),
                new Hop(hop, names),
                EgressRoutes.origins(grants)));
      }
    }
    return view(scope, outbound);
  }

  private SidecarView view(Scope scope, List<OutboundRoute> outbound) {
    return new SidecarView(scope, config.trustDomain(), config.outboundMode(), outbound);
  }
}
