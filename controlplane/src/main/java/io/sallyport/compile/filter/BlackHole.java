package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;

/// Sends a connection to a cluster without endpoints: it is reset, and the log names the cluster.
public final class BlackHole {
  private BlackHole() {}

  public static Filter filter(String cluster) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.tcp_proxy")
        .setTypedConfig(
            Extensions.any(
                TcpProxy.newBuilder()
                    .setStatPrefix(cluster)
                    .setCluster(cluster)
                    .addAccessLog(AccessLogs.ofBlocked())
                    .build()))
        .build();
  }
}
