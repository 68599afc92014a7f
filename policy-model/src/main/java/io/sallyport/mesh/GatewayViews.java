package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.mesh.ScopeView.Grant;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Gateway.Protocol;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final Map<String, Set<String>> addressesByHost = new HashMap<>();

  GatewayViews(MeshConfig config, Gateways gateways, Registry registry, EgressRoutes routes) {
    this.config = config;
    this.gateways = gateways;
    this.registry = registry;
    this.routes = routes;
    for (MeshConfig.HostAlias alias : config.dns().hostAliases()) {
      for (String host : alias.hostnames()) {
        addressesByHost.computeIfAbsent(host, _ -> new LinkedHashSet<>()).add(alias.ip());
      }
    }
  }

  EgressGatewayView empty(Scope scope) {
    return view(scope, List.of());
  }

  EgressGatewayView view(Scope scope) {
    GatewayName name = new GatewayName(scope.namespace(), scope.gateway());
    Gateway gateway = gateways.gateway(name).orElseThrow();
    Map<Integer, List<EgressRoute>> byPort = new HashMap<>();
    for (EgressRoute route : routes.through(name)) {
      byPort.computeIfAbsent(route.hop().port(), _ -> new ArrayList<>()).add(route);
    }
    List<GatewayListener> listeners = new ArrayList<>();
    Set<Integer> bound = new HashSet<>();
    for (Listener listener : Gateways.listeners(gateway).values()) {
      int bindPort = Gateways.bindPort(listener, scope.ports());
      if (bound.add(bindPort) && listener.protocol() == Protocol.HTTP) {
        listeners.add(
            new GatewayListener(
                listener.name(),
                listener.port(),
                bindPort,
                new Origin(gateway.key(), Gateways.field(gateway, listener)),
                externalRoutes(byPort.getOrDefault(listener.port(), List.of()))));
      }
    }
    return view(scope, listeners);
  }

  private EgressGatewayView view(Scope scope, List<GatewayListener> listeners) {
    return new EgressGatewayView(scope, config.trustDomain(), config.dns().resolvers(), listeners);
  }

  private List<ExternalRoute> externalRoutes(List<EgressRoute> through) {
    SortedMap<String, List<EgressRoute>> byHost = new TreeMap<>();
    Map<Origin, Grant> grants = new HashMap<>();
    Map<Source, SortedSet<String>> principals = new HashMap<>();
    for (EgressRoute route : through) {
      grants.put(route.origin(), grant(route, principals));
      for (String host : new TreeSet<>(route.hosts())) {
        byHost.computeIfAbsent(host, _ -> new ArrayList<>()).add(route);
      }
    }
    List<ExternalRoute> external = new ArrayList<>();
    for (Map.Entry<String, List<EgressRoute>> entry : byHost.entrySet()) {
      // Routes of one host that dial different ports would have been a contradiction.
      external.add(
          new ExternalRoute(
              entry.getKey(),
              entry.getValue().getFirst().targetPort(),
              List.copyOf(addressesByHost.getOrDefault(entry.getKey(), Set.of())),
              EgressRoutes.origins(entry.getValue()).stream()
                  .map(origin -> Objects.requireNonNull(grants.get(origin)))
                  .toList()));
    }
    return external;
  }

  private Grant grant(EgressRoute route, Map<Source, SortedSet<String>> principals) {
    SortedSet<String> united = new TreeSet<>();
    for (Source source : route.from()) {
      united.addAll(
          principals.computeIfAbsent(
              source, each -> Registry.spiffeIds(registry.select(each), config.trustDomain())));
    }
    return new Grant(route.origin(), united);
  }
}
