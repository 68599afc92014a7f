package io.sallyport.compile;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.sallyport.compile.filter.Authorization;
import io.sallyport.compile.filter.Rbac;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Where a gateway's port leads: by host, for the workloads that a rule grants it to. A host that
/// nobody was granted and a host that others were granted are refused alike (403, by RBAC), so that
/// a stranger learns nothing of other workloads' hosts.
final class EgressRoutes {
  private static final int FORBIDDEN = 403;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private EgressRoutes() {}

  static VersionedResource compile(EgressGatewayView view, GatewayListener listener) {
    String name = Names.egressListener(listener.port());
    RouteConfiguration.Builder configuration =
        Routes.configuration(name)
            .putAllTypedPerFilterConfig(
                Authorization.ofRequests(
                    view.authorization(), view.trustDomain(), listener.port()));
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
    return VirtualHost.newBuilder()
        .setName(route.host())
        .addDomains(route.host())
        .addRoutes(
            Route.newBuilder()
                .setName(route.host() + ":" + route.port())
                .setMatch(Routes.anyPath())
                .setRoute(
                    OutsideTraffic.atGateway(
                        Routes.to(ExternalClusters.name(route))
                            .setHostRewriteLiteral(authority(route)),
                        route.outside()))
                .setMetadata(Grants.metadata(Grants.rules(route.grants())))
                .putTypedPerFilterConfig(Rbac.NAME, Grants.rbac(route.grants())))
        .build();
  }

  /// The host as the outside server is to hear it: the rule's own spelling, with the port where it
  /// is not the scheme's (RFC 9110, section 7.2); the hops before stripped it.
  private static String authority(ExternalRoute route) {
    int usual = route.tls().isPresent() ? HTTPS_PORT : HTTP_PORT;
    return route.port() == usual ? route.host() : route.host() + ":" + route.port();
  }
}
