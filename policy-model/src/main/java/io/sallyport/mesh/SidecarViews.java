package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.OutboundTunnel;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Outside.Exchange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Cuts from the model what the sidecars of one scope may see.
final class SidecarViews {
  private final MeshConfig config;
  private final Registry registry;
  private final EgressRoutes routes;

  SidecarViews(MeshConfig config, Registry registry, EgressRoutes routes) {
    this.config = config;
    this.registry = registry;
    this.routes = routes;
  }

  SidecarView empty(Scope scope) {
    return view(scope, List.of(), List.of());
  }

  SidecarView view(Scope scope) {
    SortedMap<HostPort, List<EgressRoute>> http = new TreeMap<>();
    SortedMap<HostPort, List<EgressRoute>> written = new TreeMap<>();
    SortedMap<HostPort, List<EgressRoute>> implied = new TreeMap<>();
    for (EgressRoute route : routes.of(scope.namespace(), scope.labels())) {
      SortedMap<HostPort, List<EgressRoute>> cells =
          switch (route) {
            case EgressRoute.Http _ -> http;
            case EgressRoute.Tunnel tunnel -> tunnel.implied() ? implied : written;
          };
      for (String host : new TreeSet<>(route.hosts())) {
        cells.computeIfAbsent(new HostPort(route.port(), host), _ -> new ArrayList<>()).add(route);
      }
    }
    SortedMap<HostPort, List<EgressRoute>> tls = new TreeMap<>(implied);
    tls.putAll(written);
    Hops hops = new Hops();
    List<OutboundRoute> outbound = new ArrayList<>();
    http.forEach((to, grants) ->
        hops.of(grants)
            .ifPresent(hop ->
                outbound.add(
                    new OutboundRoute(
                        to.port(),
                        to.host(),
                        hop,
                        exchange(grants),
                        EgressRoutes.allowed(grants)))));
    List<OutboundTunnel> tunnels = new ArrayList<>();
    tls.forEach((to, grants) ->
        hops.of(grants)
            .ifPresent(hop ->
                tunnels.add(
                    new OutboundTunnel(to.port(), to.host(), hop, EgressRoutes.origins(grants)))));
    return view(scope, outbound, tunnels);
  }

  /// Of routes that have one hop and host; those that differed would have been a contradiction.
  private static Exchange exchange(List<EgressRoute> grants) {
    return grants.getFirst() instanceof EgressRoute.Http http
        ? http.outside().exchange()
        : Exchange.DEFAULT;
  }

  private SidecarView view(
      Scope scope, List<OutboundRoute> outbound, List<OutboundTunnel> tunnels) {
    return new SidecarView(scope, config.trustDomain(), config.outboundMode(), outbound, tunnels);
  }

  /// The hops of one view.
  private final class Hops {
    private final Map<GatewayName, SortedSet<String>> gatewayNames = new HashMap<>();

    /// The hop of routes that have one host and port; those that went different ways would have
    /// been a contradiction. Without a proxy there is no name to demand of it, and no hop is better
    /// than a hop to anyone.
    Optional<Hop> of(List<EgressRoute> grants) {
      ServicePort hop = grants.getFirst().hop();
      SortedSet<String> names =
          gatewayNames.computeIfAbsent(
              GatewayName.of(hop),
              gateway -> Registry.spiffeIds(registry.proxies(gateway), config.trustDomain()));
      return names.isEmpty() ? Optional.empty() : Optional.of(new Hop(hop, names));
    }
  }
}
