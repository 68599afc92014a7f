package io.sallyport.compile;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CustomClusterType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.sallyport.compile.filter.Extensions;
import io.sallyport.compile.filter.UpstreamFilters;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.ExternalTunnel;
import io.sallyport.policy.Outside;
import java.util.List;

/// Outside hosts of which only a wildcard is known (Envoy's dynamic forward proxy): which of them
/// it is to be, each request says. Each has connections of its own.
///
/// An Envoy that does not know how to refuse addresses (before 1.39) would ignore that it is asked
/// to. So these clusters have a filter besides that came with it, without which an Envoy refuses
/// them.
final class WildcardClusters {
  private static final String TYPE = "envoy.clusters.dynamic_forward_proxy";

  private WildcardClusters() {}

  /// For HTTP.
  static Cluster.Builder of(ExternalRoute route, List<String> resolvers) {
    Outside outside = route.outside();
    boolean verified = route.tls().map(tls -> !tls.names().isEmpty()).orElse(true);
    HttpProtocolOptions.Builder options =
        OutsideTraffic.protocol(outside)
            .setUpstreamHttpProtocolOptions(
                UpstreamHttpProtocolOptions.newBuilder()
                    .setAutoSni(true)
                    .setAutoSanValidation(verified))
            .addAllHttpFilters(UpstreamFilters.ofWildcard());
    String name = ExternalClusters.name(route);
    return resolving(
        OutsideTraffic.cluster(name, outside, options),
        DnsCaches.of(name, resolvers, outside.resolvedAddresses()),
        verified);
  }

  /// For TLS that applications start.
  static Cluster.Builder of(ExternalTunnel tunnel, List<String> resolvers) {
    HttpProtocolOptions.Builder options =
        OutsideTraffic.protocol(Outside.DEFAULT)
            .setUpstreamHttpProtocolOptions(
                UpstreamHttpProtocolOptions.newBuilder()
                    .setAutoSni(true)
                    .setAutoSanValidation(true))
            .addAllHttpFilters(UpstreamFilters.ofWildcard());
    return resolving(
        Clusters.http(Names.externalTunnelCluster(tunnel.host(), tunnel.port()), options),
        cache(tunnel, resolvers),
        true);
  }

  /// What the filter before a tunnel's cluster fills, and the cluster looks into.
  static DnsCacheConfig cache(ExternalTunnel tunnel, List<String> resolvers) {
    return DnsCaches.of(
        Names.externalTunnelCluster(tunnel.host(), tunnel.port()),
        resolvers,
        tunnel.below().resolvedAddresses());
  }

  private static Cluster.Builder resolving(
      Cluster.Builder cluster, DnsCacheConfig cache, boolean verified) {
    return cluster
        .setLbPolicy(LbPolicy.CLUSTER_PROVIDED)
        .setClusterType(
            CustomClusterType.newBuilder()
                .setName(TYPE)
                .setTypedConfig(
                    Extensions.any(
                        ClusterConfig.newBuilder()
                            .setDnsCacheConfig(cache)
                            .setAllowInsecureClusterOptions(!verified)
                            .build())));
  }
}
