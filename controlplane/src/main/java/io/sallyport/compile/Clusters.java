package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig;
import io.sallyport.compile.filter.Extensions;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// What all clusters have in common.
final class Clusters {
  private static final int CONNECT_TIMEOUT_SECONDS = 5;
  private static final int BUFFER_BYTES = 32 * 1024;

  /// Shorter than the idle time of the gateway's listener, so that the client of a hop closes first
  /// and no request meets a connection that the server is closing.
  private static final int IDLE_MINUTES = 5;

  /// Envoy's defaults (1024, and 3 for retries) are too small for a busy sidecar and would show as
  /// 503 (flag `UO`); this still bounds what one runaway application holds.
  private static final int LIMIT = 10_000;

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private Clusters() {}

  static VersionedResource blackHole() {
    Cluster cluster =
        Cluster.newBuilder()
            .setName(Names.BLACK_HOLE_CLUSTER)
            .setType(DiscoveryType.STATIC)
            .setConnectTimeout(Durations.fromSeconds(1))
            .build();
    return VersionedResource.of(ResourceType.CLUSTER, cluster.getName(), cluster, List.of());
  }

  /// Wherever the application dialled, in the protocol that it speaks.
  static VersionedResource passthrough() {
    Cluster cluster =
        tcp(Names.PASSTHROUGH_CLUSTER)
            .setType(DiscoveryType.ORIGINAL_DST)
            .setLbPolicy(LbPolicy.CLUSTER_PROVIDED)
            .putTypedExtensionProtocolOptions(
                HTTP_OPTIONS,
                Extensions.any(
                    io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                        .newBuilder()
                        .setUseDownstreamProtocolConfig(
                            UseDownstreamHttpConfig.newBuilder()
                                .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
                                .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
                        .build()))
            .build();
    return VersionedResource.of(ResourceType.CLUSTER, cluster.getName(), cluster, List.of());
  }

  /// A cluster of which only bytes are known, without saying yet where they go.
  static Cluster.Builder tcp(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setConnectTimeout(Durations.fromSeconds(CONNECT_TIMEOUT_SECONDS))
        .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_BYTES))
        .setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(thresholds()));
  }

  /// A cluster of HTTP servers, without saying yet where they are.
  ///
  /// @param options with the protocol that they speak
  static Cluster.Builder http(
      String name,
      io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.Builder options) {
    return tcp(name)
        .putTypedExtensionProtocolOptions(
            HTTP_OPTIONS,
            Extensions.any(
                options
                    .setCommonHttpProtocolOptions(
                        HttpProtocolOptions.newBuilder()
                            .setIdleTimeout(Durations.fromMinutes(IDLE_MINUTES)))
                    .build()));
  }

  private static Thresholds thresholds() {
    UInt32Value limit = UInt32Value.of(LIMIT);
    return Thresholds.newBuilder()
        .setMaxConnections(limit)
        .setMaxPendingRequests(limit)
        .setMaxRequests(limit)
        .setMaxRetries(limit)
        .build();
  }
}
