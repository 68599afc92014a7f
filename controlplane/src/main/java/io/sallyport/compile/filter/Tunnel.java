package io.sallyport.compile.filter;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig;
import java.util.List;

/// Carries a connection's bytes as they are (TCP proxy).
public final class Tunnel {
  /// A connection on which nothing moves in either direction is ended.
  public static final Duration IDLE = Durations.fromHours(1);

  private static final int CONNECT_ATTEMPTS = 3;

  private Tunnel() {}

  /// From a sidecar to a gateway.
  public static Filter outbound(String cluster, Granted granted) {
    return filter(cluster, List.of(AccessLogs.ofTunnel(granted)));
  }

  /// The same for bytes of any kind, of which an HTTP CONNECT says where they are to go (RFC 9113,
  /// section 8.5): before that is allowed, nobody is dialled.
  ///
  /// @param authority `HOST:PORT`
  public static Filter connect(String cluster, String authority, Granted granted) {
    return filter(
        proxy(cluster).setTunnelingConfig(TunnelingConfig.newBuilder().setHostname(authority)),
        List.of(AccessLogs.ofTunnel(granted)));
  }

  /// From a gateway's mutual TLS to its inner listener; RBAC stands before it.
  ///
  /// @param allowPolicies the ALLOW policies of which one has to match, as text for the log
  public static Filter inward(String cluster, Granted granted, String allowPolicies) {
    return filter(cluster, GatewayLogs.ofTunnel(granted, allowPolicies));
  }

  /// Within a hop, from where authorization policies are asked about a host below a wildcard to the
  /// inner listener of the wildcard; RBAC stands before it.
  ///
  /// @param allowPolicies the ALLOW policies of which one has to match, as text for the log
  public static Filter authorized(String cluster, Granted granted, String allowPolicies) {
    return filter(cluster, GatewayLogs.ofHostBelow(granted, allowPolicies));
  }

  /// The same for destinations that the gateway does not have; RBAC stands before it and refuses.
  public static Filter unknownDestination(String cluster) {
    return filter(cluster, List.of(AccessLogs.ofUnknownDestination()));
  }

  /// From a gateway's inner listener to the outside host.
  public static Filter external(String cluster, Granted granted) {
    return filter(cluster, List.of(AccessLogs.ofExternalTunnel(granted)));
  }

  /// The same to a host below a wildcard, which may have no address that may be dialled.
  public static Filter externalBelow(String cluster, Granted granted) {
    return filter(cluster, List.of(AccessLogs.ofTunnelBelow(granted)));
  }

  /// To a cluster without endpoints: the connection is reset, and the log names the cluster.
  static Filter blackHole(String cluster, List<AccessLog> logs) {
    return filter(TcpProxy.newBuilder().setStatPrefix(cluster).setCluster(cluster), logs);
  }

  private static Filter filter(String cluster, List<AccessLog> logs) {
    return filter(proxy(cluster), logs);
  }

  private static TcpProxy.Builder proxy(String cluster) {
    return TcpProxy.newBuilder()
        .setStatPrefix(cluster)
        .setCluster(cluster)
        .setIdleTimeout(IDLE)
        .setMaxConnectAttempts(UInt32Value.of(CONNECT_ATTEMPTS));
  }

  private static Filter filter(TcpProxy.Builder proxy, List<AccessLog> logs) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.tcp_proxy")
        .setTypedConfig(Extensions.any(proxy.addAllAccessLog(logs).build()))
        .build();
  }
}
