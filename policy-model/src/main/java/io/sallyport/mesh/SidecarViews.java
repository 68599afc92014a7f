package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.OutboundTcp;
import io.sallyport.mesh.ScopeView.OutboundTunnel;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Outside.Exchange;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Cuts from the model what the sidecars of one scope may see.
final class SidecarViews {
  private static final Comparator<AddressRange> BY_TEXT =
      Comparator.comparing(AddressRange::toString);

  private final MeshConfig config;
  private final Registry registry;
  private final EgressRoutes routes;

  SidecarViews(MeshConfig config, Registry registry, EgressRoutes routes) {
    this.config = config;
    this.registry = registry;
    this.routes = routes;
  }

  SidecarView empty(Scope scope) {
    return view(scope, List.of(), List.of(), List.of());
  }

  SidecarView view(Scope scope) {
    SortedMap<HostPort, List<EgressRoute>> http = new TreeMap<>();
    SortedMap<HostPort, List<EgressRoute>> written = new TreeMap<>();
    SortedMap<HostPort, List<EgressRoute>> implied = new TreeMap<>();
    SortedMap<HostPort, List<EgressRoute>> tcp = new TreeMap<>();
    for (EgressRoute route : routes.of(scope.namespace(), scope.labels())) {
      SortedMap<HostPort, List<EgressRoute>> cells =
          switch (route) {
            case EgressRoute.Http _ -> http;
            case EgressRoute.Tcp _ -> tcp;
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
    united(http)
        .forEach((to, grants) ->
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
    return view(scope, outbound, tunnels, tcp(tcp, hops));
  }

  private static List<OutboundTcp> tcp(SortedMap<HostPort, List<EgressRoute>> byHost, Hops hops) {
    VirtualAddresses virtual = VirtualAddresses.of(names(byHost));
    List<OutboundTcp> outbound = new ArrayList<>();
    byHost.forEach((to, grants) -> {
      Optional<String> given = virtual.of(to.host()).filter(_ -> isNamed(grants));
      Set<AddressRange> addresses = new LinkedHashSet<>();
      for (EgressRoute route : grants) {
        addresses.addAll(((EgressRoute.Tcp) route).blocks(to.host()));
      }
      given.map(AddressRange::of).ifPresent(addresses::add);
      hops.of(grants)
          .ifPresent(hop ->
              outbound.add(
                  new OutboundTcp(
                      to.port(),
                      to.host(),
                      addresses.stream().sorted(BY_TEXT).toList(),
                      given,
                      hop,
                      EgressRoutes.origins(grants))));
    });
    return outbound;
  }

  /// The names that are to have an address for which the sidecar can be asked.
  private static SortedSet<String> names(SortedMap<HostPort, List<EgressRoute>> byHost) {
    SortedSet<String> names = new TreeSet<>();
    byHost.forEach((to, grants) -> {
      if (isNamed(grants)) {
        names.add(to.host());
      }
    });
    return names;
  }

  private static boolean isNamed(List<EgressRoute> grants) {
    return grants.stream()
        .anyMatch(route -> route instanceof EgressRoute.Tcp tcp && tcp.match().virtualAddress());
  }

  /// With what is said of wildcards said of each host below them, too. Whether on this port or on
  /// another, a host that is named hides the wildcards around it.
  private static SortedMap<HostPort, List<EgressRoute>> united(
      SortedMap<HostPort, List<EgressRoute>> http) {
    SortedSet<String> hosts = new TreeSet<>();
    SortedMap<Integer, Map<String, List<EgressRoute>>> byPort = new TreeMap<>();
    http.forEach((to, grants) -> {
      hosts.add(to.host());
      byPort.computeIfAbsent(to.port(), _ -> new HashMap<>()).put(to.host(), grants);
    });
    SortedMap<HostPort, List<EgressRoute>> united = new TreeMap<>();
    byPort.forEach((port, byHost) ->
        WildcardUnion.of(byHost, hosts)
            .forEach((host, grants) -> united.put(new HostPort(port, host), grants)));
    return united;
  }

  /// Of routes that have one hop and host; those that differed would have been a contradiction.
  private static Exchange exchange(List<EgressRoute> grants) {
    return grants.getFirst() instanceof EgressRoute.Http http
        ? http.outside().exchange()
        : Exchange.DEFAULT;
  }

  private SidecarView view(
      Scope scope,
      List<OutboundRoute> outbound,
      List<OutboundTunnel> tunnels,
      List<OutboundTcp> tcp) {
    return new SidecarView(
        scope, config.trustDomain(), config.outboundMode(), outbound, tunnels, tcp);
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
