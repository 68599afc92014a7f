package io.sallyport.compile;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.sallyport.compile.filter.DestinationPort;
import io.sallyport.compile.filter.RateLimits;
import io.sallyport.compile.filter.Rbac;
import io.sallyport.mesh.ScopeView.Allowed;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.Requests;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.MeshConfig.OutboundMode;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The requests that a sidecar lets out: by host, and for each host by port. Everything else is
/// 502.
final class OutboundRoutes {
  private static final int BLOCKED = 502;

  private OutboundRoutes() {}

  static VersionedResource compile(SidecarView view) {
    SortedMap<String, List<OutboundRoute>> byHost = new TreeMap<>();
    List<Origin> origins = new ArrayList<>();
    for (OutboundRoute route : view.routes()) {
      byHost.computeIfAbsent(route.host(), _ -> new ArrayList<>()).add(route);
      origins.addAll(Grants.allowed(route.grants()));
    }
    RouteConfiguration.Builder configuration = Routes.configuration(Names.OUTBOUND_ROUTES);
    RateLimits.ofRules(
            view.routes().stream()
                .flatMap(route -> Grants.ofAnyone(route.grants()).stream())
                .toList())
        .ifPresent(limits -> configuration.putTypedPerFilterConfig(RateLimits.NAME, limits));
    List<Route> otherwise = otherwise(view.mode());
    byHost.forEach((host, ports) ->
        configuration.addVirtualHosts(virtualHost(host, ports).addAllRoutes(otherwise)));
    configuration.addVirtualHosts(
        VirtualHost.newBuilder()
            .setName(otherwise.getFirst().getName())
            .addDomains("*")
            .addAllRoutes(otherwise));
    return VersionedResource.of(
        ResourceType.ROUTE, Names.OUTBOUND_ROUTES, configuration.build(), Grants.origins(origins));
  }

  /// What becomes of what no rule names. (What no route of a virtual host matches would be 404.)
  private static List<Route> otherwise(OutboundMode mode) {
    return switch (mode) {
      case REGISTRY_ONLY -> Routes.refuse(BLOCKED);
      case ALLOW_ANY -> List.of(Routes.allowAny(), Routes.refuse(BLOCKED).getLast());
    };
  }

  private static VirtualHost.Builder virtualHost(String host, List<OutboundRoute> ports) {
    VirtualHost.Builder virtualHost = VirtualHost.newBuilder().setName(host).addDomains(host);
    ports.stream()
        .sorted(Comparator.comparingInt(OutboundRoute::port))
        .map(OutboundRoutes::route)
        .forEach(virtualHost::addRoutes);
    return virtualHost;
  }

  private static Route route(OutboundRoute route) {
    Route.Builder builder =
        Route.newBuilder()
            .setName(route.host() + ":" + route.port())
            .setMatch(
                WildcardRoutes.narrow(Routes.anyPath(), route.host())
                    .addFilterState(DestinationPort.is(Names.DESTINATION_PORT_STATE, route.port())))
            .setRoute(
                OutsideTraffic.atSidecar(
                    Routes.to(Names.serviceCluster(route.hop().service())), route.exchange()))
            .setMetadata(Grants.metadata(Grants.allowed(route.grants())));
    if (asksForMore(route)) {
      builder.putTypedPerFilterConfig(Rbac.NAME, Rbac.perRoute(Grants.ofAnyone(route.grants())));
    }
    return builder.build();
  }

  /// Whether it is not enough that a request comes here: it must be one that some rule grants, or
  /// is counted on the rule that does.
  private static boolean asksForMore(OutboundRoute route) {
    List<Requests> requests = route.grants().stream().map(Allowed::requests).toList();
    return requests.stream().noneMatch(each -> each.equals(Requests.ALL))
        || requests.stream().anyMatch(each -> each.limit().isPresent());
  }
}
