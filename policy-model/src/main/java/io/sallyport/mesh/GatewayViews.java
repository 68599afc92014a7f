package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.Below;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.ExternalTunnel;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.mesh.ScopeView.Grant;
import io.sallyport.mesh.ScopeView.OutsideTls;
import io.sallyport.mesh.ScopeView.TunnelListener;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside;
import io.sallyport.policy.WildcardHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Cuts from the model what the proxies of an egress gateway may see.
final class GatewayViews {
  private final MeshConfig config;
  private final Gateways gateways;
  private final Registry registry;
  private final EgressRoutes routes;
  private final Authorizations authorizations;
  private final HostAliases aliases;

  GatewayViews(
      MeshConfig config,
      Gateways gateways,
      Registry registry,
      EgressRoutes routes,
      Authorizations authorizations) {
    this.authorizations = authorizations;
    this.config = config;
    this.gateways = gateways;
    this.registry = registry;
    this.routes = routes;
    this.aliases = new HostAliases(config.dns().hostAliases());
  }

  EgressGatewayView empty(Scope scope) {
    return view(scope, List.of(), List.of());
  }

  EgressGatewayView view(Scope scope) {
    GatewayName name = new GatewayName(scope.namespace(), scope.gateway());
    Gateway gateway = gateways.gateway(name).orElseThrow();
    Map<Integer, List<EgressRoute>> byPort = new HashMap<>();
    for (EgressRoute route : routes.through(name)) {
      byPort.computeIfAbsent(route.hop().port(), _ -> new ArrayList<>()).add(route);
    }
    Map<HostPort, Outside> outside = ofTunnels(routes.through(name));
    List<GatewayListener> listeners = new ArrayList<>();
    List<TunnelListener> tunnels = new ArrayList<>();
    Set<Integer> bound = new HashSet<>();
    for (Listener listener : Gateways.listeners(gateway).values()) {
      int bindPort = Gateways.bindPort(listener, scope.ports());
      if (!bound.add(bindPort)) {
        continue;
      }
      String listenerName = listener.name();
      int port = listener.port();
      Origin origin = new Origin(gateway.key(), Gateways.field(gateway, listener));
      List<EgressRoute> through = byPort.getOrDefault(port, List.of());
      switch (listener.protocol()) {
        case HTTP ->
            listeners.add(
                new GatewayListener(listenerName, port, bindPort, origin, externalRoutes(through)));
        case HTTPS, TLS, TCP ->
            tunnels.add(
                new TunnelListener(
                    listenerName,
                    port,
                    bindPort,
                    origin,
                    externalTunnels(through, EgressRoute.Tunnel.class, outside),
                    externalTunnels(through, EgressRoute.Tcp.class, outside)));
      }
    }
    return view(scope, listeners, tunnels);
  }

  private EgressGatewayView view(
      Scope scope, List<GatewayListener> listeners, List<TunnelListener> tunnels) {
    return new EgressGatewayView(
        scope,
        config.trustDomain(),
        config.dns().resolvers(),
        listeners,
        tunnels,
        authorizations.at(new GatewayName(scope.namespace(), scope.gateway()), scope.labels()));
  }

  private List<ExternalRoute> externalRoutes(List<EgressRoute> through) {
    SortedMap<String, List<EgressRoute.Http>> byHost = new TreeMap<>();
    for (EgressRoute route : through) {
      if (route instanceof EgressRoute.Http http) {
        for (String host : new TreeSet<>(http.hosts())) {
          byHost.computeIfAbsent(host, _ -> new ArrayList<>()).add(http);
        }
      }
    }
    Set<String> aliased = new TreeSet<>();
    byHost.keySet().forEach(host -> aliased.addAll(aliases.below(host).keySet()));
    Grants grants = new Grants();
    List<ExternalRoute> external = new ArrayList<>();
    WildcardUnion.of(byHost, aliased)
        .forEach((host, routes) -> {
          // Routes of one host that leave the gateway differently would have been a contradiction.
          EgressRoute.Http first = routes.getFirst();
          external.add(
              new ExternalRoute(
                  host,
                  first.targetPort(),
                  first.upgrade().map(_ -> OutsideTls.of(host, first.outside().tls())),
                  first.outside(),
                  aliases.of(host),
                  ExternalEndpoint.of(
                      host,
                      first.targetPort(),
                      first.upgrade().isPresent(),
                      first.outside(),
                      aliases::of),
                  grants.of(routes)));
        });
    return external;
  }

  /// How rules say that bytes are carried to each host and port; one that is only implied says
  /// nothing.
  private static Map<HostPort, Outside> ofTunnels(List<EgressRoute> throughGateway) {
    Map<HostPort, Outside> outside = new HashMap<>();
    for (EgressRoute route : throughGateway) {
      if (!(route instanceof EgressRoute.Http) && !Contradictions.isImplied(route)) {
        for (String host : route.hosts()) {
          outside.put(new HostPort(route.targetPort(), host), route.outside());
        }
      }
    }
    return outside;
  }

  /// A tunnel that is only implied yields to one that is written, where that says otherwise to
  /// which addresses names below a wildcard may lead.
  ///
  /// @param kind of the routes that are meant
  /// @param outside of all tunnels through the gateway: what its ports share is one
  private List<ExternalTunnel> externalTunnels(
      List<EgressRoute> through,
      Class<? extends EgressRoute> kind,
      Map<HostPort, Outside> outside) {
    SortedMap<HostPort, List<EgressRoute>> byHost = new TreeMap<>();
    for (EgressRoute route : through) {
      if (!kind.isInstance(route)) {
        continue;
      }
      for (String host : new TreeSet<>(route.hosts())) {
        byHost
            .computeIfAbsent(new HostPort(route.targetPort(), host), _ -> new ArrayList<>())
            .add(route);
      }
    }
    Grants grants = new Grants();
    List<ExternalTunnel> external = new ArrayList<>();
    byHost.forEach((to, routes) -> {
      Outside how = outside.getOrDefault(to, routes.getFirst().outside());
      List<EgressRoute> granted =
          routes.stream()
              .filter(route ->
                  !WildcardHost.isWildcard(to.host())
                      || route.outside().resolvedAddresses().equals(how.resolvedAddresses()))
              .toList();
      if (granted.isEmpty()) {
        return;
      }
      external.add(
          new ExternalTunnel(
              to.host(),
              to.port(),
              aliases.of(to.host()),
              ExternalEndpoint.of(to.host(), to.port(), false, how, aliases::of),
              new Below(how.resolvedAddresses(), aliases.below(to.host())),
              grants.of(granted)));
    });
    return external;
  }

  /// The permissions behind one port of a gateway.
  private final class Grants {
    private final Map<Origin, Grant> byRule = new HashMap<>();
    private final Map<Source, SortedSet<String>> principals = new HashMap<>();

    /// One grant a rule, sorted.
    List<Grant> of(List<? extends EgressRoute> routes) {
      SortedMap<Origin, Grant> grants = new TreeMap<>();
      for (EgressRoute route : routes) {
        grants.put(route.origin(), byRule.computeIfAbsent(route.origin(), _ -> grant(route)));
      }
      return List.copyOf(grants.values());
    }

    private Grant grant(EgressRoute route) {
      SortedSet<String> united = new TreeSet<>();
      for (Source source : route.from()) {
        united.addAll(
            principals.computeIfAbsent(
                source, each -> Registry.spiffeIds(registry.select(each), config.trustDomain())));
      }
      return new Grant(route.origin(), united, route.requests());
    }
  }
}
