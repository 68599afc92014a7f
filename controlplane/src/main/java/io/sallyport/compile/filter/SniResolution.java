package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig;
import io.envoyproxy.envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig;

/// Finds the host that TLS asks for before anybody dials it; where it has no address that may be
/// dialled, the TCP proxy behind has nowhere to go.
public final class SniResolution {
  private SniResolution() {}

  /// @param port that is to be dialled
  /// @param cache the one of the cluster behind
  public static Filter filter(int port, DnsCacheConfig cache) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.sni_dynamic_forward_proxy")
        .setTypedConfig(
            Extensions.any(
                FilterConfig.newBuilder().setPortValue(port).setDnsCacheConfig(cache).build()))
        .build();
  }
}
