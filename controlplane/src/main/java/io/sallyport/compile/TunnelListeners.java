package io.sallyport.compile;

import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.sallyport.compile.filter.Authorization;
import io.sallyport.compile.filter.ConnectionManager;
import io.sallyport.compile.filter.HopClient;
import io.sallyport.compile.filter.NetworkRbac;
import io.sallyport.compile.filter.Tunnel;
import io.sallyport.mesh.Scope;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalTunnel;
import io.sallyport.mesh.ScopeView.TunnelListener;
import io.sallyport.mesh.ServicePort;
import io.sallyport.policy.Origin;
import io.sallyport.policy.WildcardHost;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A gateway's port for TLS that applications start: mutual TLS with any workload of the trust
/// domain, whose server name says where the bytes inside are to go. One chain a destination, so
/// that a change of one drains no other. The chain asks who it is (RBAC), and then leads to the
/// inner listener of the destination. Wildcards have a chain with other TCP.
///
/// A destination that nobody has and one that others have are refused alike, after the handshake.
final class TunnelListeners {
  private static final Comparator<ExternalTunnel> ORDER =
      Comparator.comparingInt(ExternalTunnel::port).thenComparing(ExternalTunnel::host);

  private TunnelListeners() {}

  static VersionedResource compile(EgressGatewayView view, TunnelListener port) {
    String name = Names.egressListener(port.port());
    Listener.Builder listener = EgressListener.bound(view.scope(), name, port.bindPort());
    List<Origin> origins = new ArrayList<>(List.of(port.origin()));
    origins.addAll(Grants.policies(view.authorization()));
    for (ExternalTunnel tunnel : port.tunnels().stream().sorted(ORDER).toList()) {
      origins.addAll(Grants.rules(tunnel.grants()));
      if (!WildcardHost.isWildcard(tunnel.host())) {
        listener.addFilterChains(chain(view, port.port(), tunnel));
      }
    }
    if (ConnectRoutes.isUsed(port)) {
      listener.addFilterChains(connect(view, port.port()));
      port.tcp().forEach(tcp -> origins.addAll(Grants.rules(tcp.grants())));
    }
    listener.setDefaultFilterChain(
        EgressListener.chain(name, HopTls.server(view.trustDomain(), List.of()))
            .addFilters(NetworkRbac.denyUnknown(name))
            .addFilters(Tunnel.unknownDestination(Names.INNER_NOWHERE)));
    return VersionedResource.of(
        ResourceType.LISTENER, name, listener.build(), Grants.origins(origins));
  }

  /// One chain for wildcards and for all bytes of other kinds: within it, each connection says by
  /// an HTTP CONNECT where it is to go, and the routes know who may.
  private static FilterChain connect(EgressGatewayView view, int port) {
    String name = Names.egressTcp(port);
    Scope scope = view.scope();
    ServicePort service = new ServicePort(scope.namespace(), scope.gateway(), port);
    return EgressListener.chain(name, HopTls.server(view.trustDomain(), List.of("h2")))
        .setFilterChainMatch(FilterChainMatch.newBuilder().addServerNames(Names.tcpSni(service)))
        .addFilters(ConnectionManager.egressTcp(name, Ads.routes()))
        .build();
  }

  private static FilterChain chain(EgressGatewayView view, int gatewayPort, ExternalTunnel tunnel) {
    String host = tunnel.host();
    int port = tunnel.port();
    String name = Names.tunnelChain(host, port);
    return EgressListener.chain(name, HopTls.server(view.trustDomain(), List.of()))
        .setFilterChainMatch(
            FilterChainMatch.newBuilder().addServerNames(Names.tunnelSni(host, port)))
        .addFilters(HopClient.ofConnection())
        .addAllFilters(
            Authorization.ofTunnel(
                name, view.authorization(), view.trustDomain(), host, gatewayPort))
        .addFilters(NetworkRbac.allow(name, Grants.principals(tunnel.grants())))
        .addFilters(
            Tunnel.inward(
                Names.innerCluster(host, port),
                Grants.granted(Grants.rules(tunnel.grants())),
                Authorization.allowPolicies(view.authorization())))
        .build();
  }
}
