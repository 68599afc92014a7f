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
import io.sallyport.policy.WildcardHost;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;

/// Where the connections lead that come to a gateway's port as a CONNECT, which ends here: bytes of
/// any kind to a host and port, and TLS to hosts below a wildcard. What is refused is 403, whether
/// others may or nobody.
final class ConnectRoutes {
  private static final int FORBIDDEN = 403;
  private static final String CONNECT = "CONNECT";

  private ConnectRoutes() {}

  /// Whether something comes to a port in this way.
  static boolean isUsed(TunnelListener listener) {
    return !listener.tcp().isEmpty() || !wildcards(listener).isEmpty();
  }

  private static List<ExternalTunnel> wildcards(TunnelListener listener) {
    return listener.tunnels().stream()
        .filter(tunnel -> WildcardHost.isWildcard(tunnel.host()))
        .toList();
  }

  static VersionedResource compile(EgressGatewayView view, TunnelListener listener) {
    String name = Names.egressTcp(listener.port());
    RouteConfiguration.Builder configuration = RouteConfiguration.newBuilder().setName(name);
    List<Origin> origins = new ArrayList<>(Grants.policies(view.authorization()));
    for (ExternalTunnel to : wildcards(listener)) {
      configuration.addVirtualHosts(
          virtualHost(to, Names.policyListener(listener.port(), to.host(), to.port())));
      origins.addAll(Grants.rules(to.grants()));
    }
    for (ExternalTunnel to : listener.tcp()) {
      VirtualHost.Builder host =
          virtualHost(to, Names.externalTunnelCluster(to.host(), to.port()))
              .putAllTypedPerFilterConfig(
                  Authorization.ofBytes(
                      view.authorization(), view.trustDomain(), to.host(), listener.port()));
      Grants.allowPolicies(view.authorization()).ifPresent(host::setMetadata);
      configuration.addVirtualHosts(host);
      origins.addAll(Grants.rules(to.grants()));
    }
    configuration.addVirtualHosts(Routes.refuseOtherHosts(FORBIDDEN));
    return VersionedResource.of(
        ResourceType.ROUTE, name, configuration.build(), Grants.origins(origins));
  }

  private static VirtualHost.Builder virtualHost(ExternalTunnel to, String cluster) {
    String authority = Names.authority(to.host(), to.port());
    return VirtualHost.newBuilder()
        .setName(authority)
        .addDomains(authority)
        .addRoutes(
            Route.newBuilder()
                .setName(authority)
                .setMatch(
                    RouteMatch.newBuilder().setConnectMatcher(ConnectMatcher.getDefaultInstance()))
                .setRoute(action(cluster))
                .setMetadata(Grants.metadata(Grants.rules(to.grants())))
                .putTypedPerFilterConfig(Rbac.NAME, Grants.rbac(to.grants())));
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
