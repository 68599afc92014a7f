package io.sallyport.compile;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.RouteMatch.ConnectMatcher;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.sallyport.compile.filter.Authorization;
import io.sallyport.compile.filter.Rbac;
import io.sallyport.compile.filter.Tunnel;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalTunnel;
import io.sallyport.mesh.ScopeView.TunnelListener;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;

/// Where the connections lead that a gateway's port carries as bytes of any kind: each is a CONNECT
/// to a host and port, which ends here. What is refused is 403, whether others may or nobody.
final class TcpRoutes {
  private static final int FORBIDDEN = 403;
  private static final String CONNECT = "CONNECT";

  private TcpRoutes() {}

  static VersionedResource compile(EgressGatewayView view, TunnelListener listener) {
    String name = Names.egressTcp(listener.port());
    RouteConfiguration.Builder configuration = RouteConfiguration.newBuilder().setName(name);
    List<Origin> origins = new ArrayList<>(Grants.policies(view.authorization()));
    for (ExternalTunnel to : listener.tcp()) {
      configuration.addVirtualHosts(virtualHost(view, listener.port(), to));
      origins.addAll(Grants.rules(to.grants()));
    }
    configuration.addVirtualHosts(Routes.refuseOtherHosts(FORBIDDEN));
    return VersionedResource.of(
        ResourceType.ROUTE, name, configuration.build(), Grants.origins(origins));
  }

  private static VirtualHost virtualHost(
      EgressGatewayView view, int gatewayPort, ExternalTunnel to) {
    String authority = Names.authority(to.host(), to.port());
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName(authority)
            .addDomains(authority)
            .putAllTypedPerFilterConfig(
                Authorization.ofBytes(
                    view.authorization(), view.trustDomain(), to.host(), gatewayPort))
            .addRoutes(
                Route.newBuilder()
                    .setName(authority)
                    .setMatch(
                        RouteMatch.newBuilder()
                            .setConnectMatcher(ConnectMatcher.getDefaultInstance()))
                    .setRoute(action(Names.externalTunnelCluster(to.host(), to.port())))
                    .setMetadata(Grants.metadata(Grants.rules(to.grants())))
                    .putTypedPerFilterConfig(Rbac.NAME, Grants.rbac(to.grants())));
    Grants.allowPolicies(view.authorization()).ifPresent(host::setMetadata);
    return host.build();
  }

  private static RouteAction.Builder action(String cluster) {
    return Routes.to(cluster)
        .clearRetryPolicy()
        .setIdleTimeout(Tunnel.IDLE)
        .addUpgradeConfigs(
            UpgradeConfig.newBuilder()
                .setUpgradeType(CONNECT)
                .setConnectConfig(ConnectConfig.getDefaultInstance()));
  }
}
