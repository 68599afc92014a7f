package io.sallyport.compile;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.sallyport.compile.filter.Authorization;
import io.sallyport.compile.filter.Tunnel;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalTunnel;
import io.sallyport.policy.Origin;
import io.sallyport.policy.WildcardHost;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;

/// Where a gateway asks authorization policies about TLS to hosts below a wildcard: which host it
/// is to be, only the server name within the hop says. So a listener within Envoy itself reads
/// that, asks, and leads to the inner listener of the wildcard, which looks the host up and dials
/// it: neither is done for whoever is denied. Wildcards of which no policy says anything have none.
final class PolicyListeners {
  private PolicyListeners() {}

  /// @param gatewayPort as documents name it, since policies may be about ports
  static List<VersionedResource> compile(
      EgressGatewayView view, int gatewayPort, ExternalTunnel tunnel) {
    List<Filter> policies = policies(view, gatewayPort, tunnel);
    if (policies.isEmpty()) {
      return List.of();
    }
    String name = Names.policyListener(gatewayPort, tunnel.host(), tunnel.port());
    List<Filter> filters = new ArrayList<>(policies);
    filters.add(
        Tunnel.authorized(
            Names.innerCluster(tunnel.host(), tunnel.port()),
            Grants.granted(Grants.rules(tunnel.grants())),
            Authorization.allowPolicies(view.authorization())));
    List<Origin> origins = new ArrayList<>(Grants.policies(view.authorization()));
    origins.addAll(Grants.rules(tunnel.grants()));
    return List.of(
        InnerListeners.listener(name, tunnel.host(), filters, List.of(), origins),
        InnerListeners.cluster(name, name, origins));
  }

  /// The cluster to which a granted connection goes.
  static String cluster(EgressGatewayView view, int gatewayPort, ExternalTunnel tunnel) {
    return policies(view, gatewayPort, tunnel).isEmpty()
        ? Names.innerCluster(tunnel.host(), tunnel.port())
        : Names.policyListener(gatewayPort, tunnel.host(), tunnel.port());
  }

  private static List<Filter> policies(
      EgressGatewayView view, int gatewayPort, ExternalTunnel tunnel) {
    return WildcardHost.isWildcard(tunnel.host())
        ? Authorization.ofTunnel(
            Names.policyListener(gatewayPort, tunnel.host(), tunnel.port()),
            view.authorization(),
            view.trustDomain(),
            tunnel.host(),
            gatewayPort)
        : List.of();
  }
}
