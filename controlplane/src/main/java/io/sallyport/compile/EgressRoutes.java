package io.sallyport.compile;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.sallyport.compile.filter.Authorization;
import io.sallyport.compile.filter.OutsideAuthority;
import io.sallyport.compile.filter.RateLimits;
import io.sallyport.compile.filter.Rbac;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.mesh.ScopeView.Grant;
import io.sallyport.policy.Origin;
import io.sallyport.policy.WildcardHost;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Where a gateway's port leads: by host, for the workloads that a rule grants it to. A host that
/// nobody was granted and a host that others were granted are refused alike (403, by RBAC), so that
/// a stranger learns nothing of other workloads' hosts.
final class EgressRoutes {
  private static final int FORBIDDEN = 403;

  private EgressRoutes() {}

  static VersionedResource compile(EgressGatewayView view, GatewayListener listener) {
    String name = Names.egressListener(listener.port());
    RouteConfiguration.Builder configuration =
        Routes.configuration(name)
            .putAllTypedPerFilterConfig(
                Authorization.ofRequests(
                    view.authorization(), view.trustDomain(), listener.port()));
    RateLimits.ofWorkloads(
            listener.routes().stream()
                .flatMap(route -> Grants.ofWorkloads(route.grants()).stream())
                .toList())
        .ifPresent(limits -> configuration.putTypedPerFilterConfig(RateLimits.NAME, limits));
    List<Origin> origins = new ArrayList<>(Grants.policies(view.authorization()));
    listener.routes().stream()
        .sorted(Comparator.comparing(ExternalRoute::host))
        .forEach(route -> {
          configuration.addVirtualHosts(virtualHost(route));
          origins.addAll(Grants.rules(route.grants()));
        });
    configuration.addVirtualHosts(Routes.refuseOtherHosts(FORBIDDEN));
    Grants.allowPolicies(view.authorization())
        .ifPresent(metadata ->
            configuration
                .getVirtualHostsBuilderList()
                .forEach(virtualHost -> virtualHost.setMetadata(metadata)));
    return VersionedResource.of(
        ResourceType.ROUTE, name, configuration.build(), Grants.origins(origins));
  }

  private static VirtualHost virtualHost(ExternalRoute route) {
    Route.Builder granted =
        Route.newBuilder()
            .setName(route.host() + ":" + route.port())
            .setMatch(WildcardRoutes.narrow(Routes.anyPath(), route.host()))
            .setRoute(
                OutsideTraffic.atGateway(
                    rewritten(Routes.to(ExternalClusters.name(route)), route), route.outside()))
            .setMetadata(Grants.metadata(Grants.rules(route.grants())))
            .putTypedPerFilterConfig(Rbac.NAME, Grants.rbac(route.grants()));
    VirtualHost.Builder host =
        VirtualHost.newBuilder().setName(route.host()).addDomains(route.host());
    connect(route).ifPresent(host::addRoutes);
    if (!WildcardHost.isWildcard(route.host())) {
      return host.addRoutes(granted).build();
    }
    if (WildcardRoutes.needsPort(route)) {
      granted.putTypedPerFilterConfig(
          OutsideAuthority.FILTER, OutsideAuthority.withPort(route.port()));
    }
    return host.addRoutes(granted).addAllRoutes(Routes.refuse(FORBIDDEN)).build();
  }

  /// CONNECT, where some rule grants it, by those rules alone. The port that it asks for was
  /// stripped, and can't be compared; the tunnel leads to the rule's port, whichever that was.
  private static Optional<Route> connect(ExternalRoute route) {
    List<Grant> grants =
        route.grants().stream().filter(grant -> grant.requests().connect()).toList();
    return grants.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Route.newBuilder()
                .setName(route.host() + ":" + route.port())
                .setMatch(Routes.connect())
                .setRoute(
                    OutsideTraffic.connectAtGateway(
                        Routes.to(ExternalClusters.name(route)), route.outside()))
                .setMetadata(Grants.metadata(Grants.rules(grants)))
                .putTypedPerFilterConfig(Rbac.NAME, Grants.rbac(grants))
                .build());
  }

  /// Each place hears its own name.
  private static RouteAction.Builder rewritten(RouteAction.Builder action, ExternalRoute route) {
    if (WildcardHost.isWildcard(route.host())) {
      return WildcardRoutes.needsPort(route)
          ? action.setHostRewriteHeader(OutsideAuthority.HEADER)
          : action;
    }
    return ExternalEndpoints.haveOtherHosts(route.host(), route.endpoints())
        ? action.setAutoHostRewrite(BoolValue.of(true))
        : action.setHostRewriteLiteral(
            Authorities.of(route.host(), route.port(), route.tls().isPresent()));
  }
}
