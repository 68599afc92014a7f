package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The hops to gateways: one cluster for each port of a gateway that some route uses. HTTP/2, so
/// one connection carries many requests (and, by extended CONNECT, can carry WebSockets).
final class HopClusters {
  /// The same limits as the listener at the other end. A gateway that died silently is noticed by
  /// pings, not by requests that hang.
  private static final ExplicitHttpConfig HTTP2 =
      ExplicitHttpConfig.newBuilder()
          .setHttp2ProtocolOptions(
              Http2ProtocolOptions.newBuilder()
                  .setMaxConcurrentStreams(UInt32Value.of(100))
                  .setInitialStreamWindowSize(UInt32Value.of(64 * 1024))
                  .setInitialConnectionWindowSize(UInt32Value.of(1024 * 1024))
                  .setConnectionKeepalive(
                      KeepaliveSettings.newBuilder()
                          .setInterval(Durations.fromSeconds(30))
                          .setTimeout(Durations.fromSeconds(10))))
          .build();

  private HopClusters() {}

  static List<VersionedResource> compile(List<OutboundRoute> routes) {
    SortedMap<String, List<OutboundRoute>> byCluster = new TreeMap<>();
    for (OutboundRoute route : routes) {
      byCluster
          .computeIfAbsent(Names.serviceCluster(route.hop().service()), _ -> new ArrayList<>())
          .add(route);
    }
    List<VersionedResource> clusters = new ArrayList<>();
    byCluster.forEach((name, users) -> clusters.add(cluster(name, users)));
    return clusters;
  }

  private static VersionedResource cluster(String name, List<OutboundRoute> users) {
    Hop hop = users.getFirst().hop();
    List<Origin> origins = users.stream().flatMap(route -> route.grants().stream()).toList();
    Cluster cluster =
        Clusters.http(name, HTTP2)
            .setType(DiscoveryType.EDS)
            .setEdsClusterConfig(EdsClusterConfig.newBuilder().setEdsConfig(Ads.endpoints()))
            .setTransportSocket(HopTls.client(Names.serviceSni(hop.service()), hop.gatewayNames()))
            .build();
    return VersionedResource.of(ResourceType.CLUSTER, name, cluster, Grants.origins(origins));
  }
}
