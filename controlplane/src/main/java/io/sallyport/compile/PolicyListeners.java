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
/// it: neither is done for whoever is denied. It stands there without policies, too, so that one
/// that comes ends the tunnels that are open.
final class PolicyListeners {
  private PolicyListeners() {}

  /// @param gatewayPort as documents name it, since policies may be about ports
  static List<VersionedResource> compile(
      EgressGatewayView view, int gatewayPort, ExternalTunnel tunnel) {
    if (!WildcardHost.isWildcard(tunnel.host())) {
      return List.of();
    }
    String name = Names.policyListener(gatewayPort, tunnel.host(), tunnel.port());
    List<Filter> filters =
        new ArrayList<>(
            Authorization.ofTunnel(
                name, view.authorization(), view.trustDomain(), tunnel.host(), gatewayPort));
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
}
