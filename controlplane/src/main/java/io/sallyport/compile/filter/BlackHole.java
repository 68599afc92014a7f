package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import java.util.List;

/// Sends a connection to a cluster without endpoints: it is reset, and the log names the cluster.
public final class BlackHole {
  private BlackHole() {}

  /// What no rule of a sidecar allows.
  public static Filter filter(String cluster) {
    return Tunnel.blackHole(cluster, List.of(AccessLogs.ofBlocked()));
  }

  /// Within a hop: what is not TLS.
  public static Filter innerNotTls(String cluster) {
    return Tunnel.blackHole(cluster, List.of(AccessLogs.ofInnerNotTls()));
  }

  /// Within a hop: TLS that asks for another host, or for none.
  public static Filter innerOtherName(String cluster) {
    return Tunnel.blackHole(cluster, AccessLogs.ofInnerOtherName());
  }
}
