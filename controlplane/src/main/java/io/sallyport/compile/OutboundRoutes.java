package io.sallyport.compile;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
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
import java.util.Optional;
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
        .forEach(route -> {
          connect(route).ifPresent(virtualHost::addRoutes);
          virtualHost.addRoutes(route(route));
        });
    return virtualHost;
  }

  private static Route route(OutboundRoute route) {
    return route(
        route,
        route.grants(),
        WildcardRoutes.narrowWithPort(Routes.anyPath(), route.host())
            .addFilterState(DestinationPort.is(Names.DESTINATION_PORT_STATE, route.port())),
        OutsideTraffic.atSidecar(toGateway(route), route.exchange()));
  }

  /// CONNECT, where some rule grants it. It says itself which port it is for; whichever the
  /// application dialled plays no part.
  private static Optional<Route> connect(OutboundRoute route) {
    List<Allowed> grants =
        route.grants().stream().filter(grant -> grant.requests().connect()).toList();
    return grants.isEmpty()
        ? Optional.empty()
        : Optional.of(
            route(
                route,
                grants,
                Routes.connect(route.host(), route.port()),
                OutsideTraffic.connectAtSidecar(toGateway(route), route.exchange())));
  }

  private static RouteAction.Builder toGateway(OutboundRoute route) {
    return Routes.to(Names.serviceCluster(route.hop().service()));
  }

  private static Route route(
      OutboundRoute route,
      List<Allowed> grants,
      RouteMatch.Builder match,
      RouteAction.Builder action) {
    Route.Builder builder =
        Route.newBuilder()
            .setName(route.host() + ":" + route.port())
            .setMatch(match)
            .setRoute(action)
            .setMetadata(Grants.metadata(Grants.allowed(grants)));
    if (asksForMore(grants)) {
      builder.putTypedPerFilterConfig(Rbac.NAME, Rbac.perRoute(Grants.ofAnyone(grants)));
    }
    return builder.build();
  }

  /// Whether it is not enough that a request comes here: it must be one that some rule grants, or
  /// is counted on the rule that does.
  private static boolean asksForMore(List<Allowed> grants) {
    List<Requests> requests = grants.stream().map(Allowed::requests).toList();
    return requests.stream().noneMatch(each -> each.anyOf().isEmpty())
        || requests.stream().anyMatch(each -> each.limit().isPresent());
  }
}
