package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.OutboundTunnel;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.mesh.ServicePort;
import io.sallyport.policy.Origin;
import io.sallyport.policy.WildcardHost;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The hops to gateways. For HTTP one cluster for each port of a gateway that some route uses:
/// HTTP/2, so one connection carries many requests (and, by extended CONNECT, can carry
/// WebSockets). For TLS one cluster for each outside host and port, because the hop's server name
/// tells the gateway where it is to go. For wildcards and other TCP one for each port of a gateway:
/// HTTP/2 again, each connection of an application a CONNECT in it.
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

  static List<VersionedResource> compile(SidecarView view) {
    List<VersionedResource> clusters = new ArrayList<>(ofRoutes(view.routes()));
    view.tunnels().stream()
        .filter(tunnel -> !WildcardHost.isWildcard(tunnel.host()))
        .forEach(tunnel -> clusters.add(cluster(tunnel)));
    clusters.addAll(ofConnects(view));
    return clusters;
  }

  private static List<VersionedResource> ofRoutes(List<OutboundRoute> routes) {
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
    List<Origin> origins =
        users.stream().flatMap(route -> Grants.allowed(route.grants()).stream()).toList();
    Cluster cluster =
        Clusters.http(name, HttpProtocolOptions.newBuilder().setExplicitHttpConfig(HTTP2))
            .setType(DiscoveryType.EDS)
            .setEdsClusterConfig(EdsClusterConfig.newBuilder().setEdsConfig(Ads.endpoints()))
            .setTransportSocket(
                HopTls.client(Names.serviceSni(hop.service()), hop.gatewayNames(), List.of("h2")))
            .build();
    return VersionedResource.of(ResourceType.CLUSTER, name, cluster, Grants.origins(origins));
  }

  private static List<VersionedResource> ofConnects(SidecarView view) {
    SortedMap<ServicePort, Hop> hops = new TreeMap<>();
    SortedMap<ServicePort, List<Origin>> rules = new TreeMap<>();
    for (OutboundTunnel tunnel : view.tunnels()) {
      if (WildcardHost.isWildcard(tunnel.host())) {
        use(hops, rules, tunnel.hop(), tunnel.grants());
      }
    }
    view.tcp().forEach(to -> use(hops, rules, to.hop(), to.grants()));
    List<VersionedResource> clusters = new ArrayList<>();
    hops.forEach((service, hop) -> {
      Cluster cluster =
          Clusters.http(
                  Names.tcpCluster(service),
                  HttpProtocolOptions.newBuilder().setExplicitHttpConfig(HTTP2))
              .setType(DiscoveryType.EDS)
              .setEdsClusterConfig(
                  EdsClusterConfig.newBuilder()
                      .setServiceName(Names.serviceCluster(service))
                      .setEdsConfig(Ads.endpoints()))
              .setTransportSocket(
                  HopTls.client(Names.tcpSni(service), hop.gatewayNames(), List.of("h2")))
              .build();
      clusters.add(
          VersionedResource.of(
              ResourceType.CLUSTER,
              cluster.getName(),
              cluster,
              Grants.origins(rules.getOrDefault(service, List.of()))));
    });
    return clusters;
  }

  private static void use(
      SortedMap<ServicePort, Hop> hops,
      SortedMap<ServicePort, List<Origin>> rules,
      Hop hop,
      List<Origin> grants) {
    hops.putIfAbsent(hop.service(), hop);
    rules.computeIfAbsent(hop.service(), _ -> new ArrayList<>()).addAll(grants);
  }

  private static VersionedResource cluster(OutboundTunnel tunnel) {
    String name = Names.tunnelCluster(tunnel.host(), tunnel.port());
    Cluster cluster =
        Clusters.tcp(name)
            .setType(DiscoveryType.EDS)
            .setEdsClusterConfig(
                EdsClusterConfig.newBuilder()
                    .setServiceName(Names.serviceCluster(tunnel.hop().service()))
                    .setEdsConfig(Ads.endpoints()))
            .setTransportSocket(
                HopTls.client(
                    Names.tunnelSni(tunnel.host(), tunnel.port()),
                    tunnel.hop().gatewayNames(),
                    List.of()))
            .build();
    return VersionedResource.of(
        ResourceType.CLUSTER, name, cluster, Grants.origins(tunnel.grants()));
  }
}
