package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.sallyport.compile.filter.AccessLogs;
import io.sallyport.compile.filter.ConnectionManager;
import io.sallyport.compile.filter.FilterOrder;
import io.sallyport.mesh.Scope;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;

/// One port of an egress gateway: mutual TLS with any workload of the trust domain, and inside it
/// HTTP. Which workload may do what is the routes' affair.
final class EgressListener {
  private static final String ANY_ADDRESS = "0.0.0.0";
  private static final int HELLO_SECONDS = 5;
  private static final int HANDSHAKE_SECONDS = 15;
  private static final int BUFFER_BYTES = 32 * 1024;

  private EgressListener() {}

  static VersionedResource compile(EgressGatewayView view, GatewayListener port) {
    String name = Names.egressListener(port.port());
    Listener listener =
        bound(view.scope(), name, port.bindPort())
            .addFilterChains(
                chain(name, HopTls.server(view.trustDomain(), List.of("h2", "http/1.1")))
                    .addFilters(ConnectionManager.egress(name, Ads.routes())))
            .build();
    List<Origin> origins = new ArrayList<>(List.of(port.origin()));
    port.routes().forEach(route -> origins.addAll(Grants.rules(route.grants())));
    return VersionedResource.of(ResourceType.LISTENER, name, listener, Grants.origins(origins));
  }

  /// What the ports of a gateway have in common, whatever is inside their mutual TLS.
  static Listener.Builder bound(Scope scope, String name, int bindPort) {
    return Listener.newBuilder()
        .setName(name)
        .setAddress(Addresses.of(bindAddress(scope), bindPort))
        // what reaches it is on its way out of the mesh
        .setTrafficDirection(TrafficDirection.OUTBOUND)
        .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_BYTES))
        .addAllListenerFilters(FilterOrder.egressListener())
        .setListenerFiltersTimeout(Durations.fromSeconds(HELLO_SECONDS))
        .addAccessLog(AccessLogs.ofFailedHandshakes());
  }

  /// A chain whose filters see what is inside the mutual TLS.
  static FilterChain.Builder chain(String name, TransportSocket socket) {
    return FilterChain.newBuilder()
        .setName(name)
        .setTransportSocket(socket)
        .setTransportSocketConnectTimeout(Durations.fromSeconds(HANDSHAKE_SECONDS));
  }

  /// What the proxy asked for, else its workload's address; where that is a name, every address.
  private static String bindAddress(Scope scope) {
    String wanted = scope.listen().bind().isEmpty() ? scope.address() : scope.listen().bind();
    return IpLiteral.isIp(wanted) ? wanted : ANY_ADDRESS;
  }
}
