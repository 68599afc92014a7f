package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.mesh.ScopeView.Grant;
import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Gateway.Protocol;
import io.sallyport.policy.IpAddress;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Origin;
import java.util.ArrayList;
import java.util.Comparator;
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

/// Cuts from the model what one scope may see.
final class Views {
  private final MeshConfig config;
  private final Gateways gateways;
  private final Registry registry;
  private final EgressRoutes routes;
  private final Set<SidecarGroup> sidecarGroups = new HashSet<>();
  private final Map<String, Set<String>> addressesByHost = new HashMap<>();

  /// The sidecars that no rule tells apart.
  private record SidecarGroup(
      String namespace, String serviceAccount, Map<String, String> labels) {}

  /// A host and a port as a sidecar sees them.
  private record HostPort(int port, String host) implements Comparable<HostPort> {
    private static final Comparator<HostPort> ORDER =
        Comparator.comparingInt(HostPort::port).thenComparing(HostPort::host);

    @Override
    public int compareTo(HostPort other) {
      return ORDER.compare(this, other);
    }
  }

  Views(MeshConfig config, Gateways gateways, Registry registry, EgressRoutes routes) {
    this.config = config;
    this.gateways = gateways;
    this.registry = registry;
    this.routes = routes;
    registry
        .sidecars()
        .values()
        .forEach(
            workloads -> workloads.forEach(workload -> sidecarGroups.add(sidecarGroup(workload))));
    for (MeshConfig.HostAlias alias : config.dns().hostAliases()) {
      for (String host : alias.hostnames()) {
        addressesByHost.computeIfAbsent(host, _ -> new LinkedHashSet<>()).add(alias.ip());
      }
    }
  }

  /// The port on which a proxy with these `ports` really listens for a gateway's listener.
  static int bindPort(Listener listener, Map<String, Integer> ports) {
    return ports.getOrDefault(listener.name(), listener.port());
  }

  Scope scope(Workload workload, ListenOptions options) {
    return switch (workload.proxyKind()) {
      case SIDECAR -> sidecarScope(workload, options);
      case EGRESS_GATEWAY, INGRESS_GATEWAY -> gatewayScope(workload, options);
    };
  }

  private Scope sidecarScope(Workload workload, ListenOptions options) {
    SidecarGroup group = sidecarGroup(workload);
    ListenOptions listen =
        new ListenOptions(options.interception(), options.outbound(), options.inbound(), "");
    return new Scope(
        ProxyKind.SIDECAR,
        group.namespace(),
        group.serviceAccount(),
        group.labels(),
        "",
        "",
        Map.of(),
        listen);
  }

  private SidecarGroup sidecarGroup(Workload workload) {
    SortedMap<String, String> labels = new TreeMap<>(workload.entry().labels());
    labels.keySet().retainAll(routes.labelsLookedAt(workload.namespace()));
    return new SidecarGroup(workload.namespace(), workload.serviceAccount(), labels);
  }

  private Scope gatewayScope(Workload workload, ListenOptions options) {
    ListenOptions standard = ListenOptions.DEFAULT;
    return new Scope(
        workload.proxyKind(),
        workload.namespace(),
        workload.serviceAccount(),
        Map.of(),
        Registry.gatewayOf(workload.entry()).map(GatewayName::name).orElse(""),
        options.bind().isEmpty() ? ownAddress(workload) : options.bind(),
        workload.entry().ports(),
        new ListenOptions(
            standard.interception(), standard.outbound(), standard.inbound(), options.bind()));
  }

  /// A proxy can't listen on a name; one that is known by a name only listens on every address.
  private static String ownAddress(Workload workload) {
    String address = workload.entry().address();
    return IpAddress.isLiteral(address) ? address : "0.0.0.0";
  }

  ScopeView view(Scope scope) {
    return switch (scope.kind()) {
      case SIDECAR -> isLive(scope) ? sidecar(scope) : empty(scope);
      case EGRESS_GATEWAY -> isLive(scope) ? gateway(scope) : empty(scope);
      case INGRESS_GATEWAY -> throw notAScope(scope);
    };
  }

  ScopeView empty(Scope scope) {
    return switch (scope.kind()) {
      case SIDECAR -> sidecarView(scope, List.of());
      case EGRESS_GATEWAY -> gatewayView(scope, List.of());
      case INGRESS_GATEWAY -> throw notAScope(scope);
    };
  }

  private static IllegalArgumentException notAScope(Scope scope) {
    return new IllegalArgumentException("no workload has a scope of kind " + scope.kind());
  }

  private boolean isLive(Scope scope) {
    return switch (scope.kind()) {
      case SIDECAR ->
          sidecarGroups.contains(
              new SidecarGroup(scope.namespace(), scope.serviceAccount(), scope.labels()));
      case EGRESS_GATEWAY, INGRESS_GATEWAY ->
          registry.proxies(gatewayName(scope)).stream()
              .anyMatch(proxy -> gatewayScope(proxy, scope.listen()).equals(scope));
    };
  }

  private SidecarView sidecarView(Scope scope, List<OutboundRoute> outbound) {
    return new SidecarView(scope, config.trustDomain(), config.outboundMode(), outbound);
  }

  private EgressGatewayView gatewayView(Scope scope, List<GatewayListener> listeners) {
    return new EgressGatewayView(scope, config.trustDomain(), config.dns().resolvers(), listeners);
  }

  private SidecarView sidecar(Scope scope) {
    SortedMap<HostPort, List<EgressRoute>> cells = new TreeMap<>();
    for (EgressRoute route : routes.of(scope.namespace(), scope.labels())) {
      for (String host : new TreeSet<>(route.hosts())) {
        cells.computeIfAbsent(new HostPort(route.port(), host), _ -> new ArrayList<>()).add(route);
      }
    }
    Map<GatewayName, SortedSet<String>> gatewayNames = new HashMap<>();
    List<OutboundRoute> outbound = new ArrayList<>();
    cells.forEach((cell, grants) -> {
      ServicePort hop = grants.getFirst().hop();
      SortedSet<String> names =
          gatewayNames.computeIfAbsent(
              GatewayName.of(hop), gateway -> spiffeIds(registry.proxies(gateway)));
      // Without a proxy there is no name to demand of it, and no hop is better than a hop to
      // anyone.
      if (!names.isEmpty()) {
        outbound.add(
            new OutboundRoute(cell.port(), cell.host(), new Hop(hop, names), origins(grants)));
      }
    });
    return sidecarView(scope, outbound);
  }

  private static List<Origin> origins(List<EgressRoute> grants) {
    return grants.stream().map(EgressRoute::origin).sorted().distinct().toList();
  }

  private EgressGatewayView gateway(Scope scope) {
    GatewayName name = gatewayName(scope);
    Gateway gateway = gateways.gateway(name).orElseThrow();
    Map<Integer, List<EgressRoute>> byPort = new HashMap<>();
    for (EgressRoute route : routes.through(name)) {
      byPort.computeIfAbsent(route.hop().port(), _ -> new ArrayList<>()).add(route);
    }
    List<GatewayListener> listeners = new ArrayList<>();
    Set<Integer> bound = new HashSet<>();
    for (Listener listener : Gateways.listeners(gateway).values()) {
      int bindPort = bindPort(listener, scope.ports());
      if (listener.protocol() == Protocol.HTTP && bound.add(bindPort)) {
        listeners.add(
            new GatewayListener(
                listener.name(),
                listener.port(),
                bindPort,
                externalRoutes(byPort.getOrDefault(listener.port(), List.of()))));
      }
    }
    return gatewayView(scope, listeners);
  }

  private List<ExternalRoute> externalRoutes(List<EgressRoute> through) {
    SortedMap<String, List<EgressRoute>> byHost = new TreeMap<>();
    Map<EgressRoute, Grant> grants = new HashMap<>();
    for (EgressRoute route : through) {
      grants.put(route, new Grant(route.origin(), principals(route)));
      for (String host : new TreeSet<>(route.hosts())) {
        byHost.computeIfAbsent(host, _ -> new ArrayList<>()).add(route);
      }
    }
    List<ExternalRoute> external = new ArrayList<>();
    byHost.forEach((host, granting) ->
        external.add(
            new ExternalRoute(
                host,
                granting.getFirst().targetPort(),
                List.copyOf(addressesByHost.getOrDefault(host, Set.of())),
                granting.stream()
                    .map(route -> Objects.requireNonNull(grants.get(route)))
                    .sorted(Comparator.comparing(Grant::origin))
                    .toList())));
    return external;
  }

  private SortedSet<String> principals(EgressRoute route) {
    SortedSet<String> principals = new TreeSet<>();
    for (Source source : route.from()) {
      principals.addAll(spiffeIds(registry.select(source)));
    }
    return principals;
  }

  private SortedSet<String> spiffeIds(List<Workload> workloads) {
    SortedSet<String> ids = new TreeSet<>();
    workloads.forEach(workload -> ids.add(workload.spiffeId(config.trustDomain())));
    return ids;
  }

  private static GatewayName gatewayName(Scope scope) {
    return new GatewayName(scope.namespace(), scope.gateway());
  }
}
