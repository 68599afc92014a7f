package io.sallyport.compile;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig.LocalityWeightedLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment.Policy;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.sallyport.mesh.ExternalEndpoint;
import io.sallyport.mesh.ScopeView.OutsideTls;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The places where a gateway may go for one outside host, as one cluster. Each is a locality of
/// its own, so that its weight is its own however many addresses its name has, and stays so as long
/// as one of them works.
final class ExternalEndpoints {
  private static final String MATCH = "envoy.transport_socket_match";
  private static final String HOST = "host";

  /// One address in a thousand is enough for a place to get its whole share, and for a priority to
  /// keep the next one out of use.
  private static final int OVERPROVISIONING_PERCENT = 100_000;

  private ExternalEndpoints() {}

  /// Lists them in the cluster.
  ///
  /// @param host that the application asks for
  static void list(Cluster.Builder cluster, String host, List<ExternalEndpoint> endpoints) {
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder()
            .setClusterName(cluster.getName())
            .setPolicy(
                Policy.newBuilder()
                    .setOverprovisioningFactor(UInt32Value.of(OVERPROVISIONING_PERCENT)));
    for (ExternalEndpoint endpoint : endpoints) {
      LocalityLbEndpoints.Builder place =
          LocalityLbEndpoints.newBuilder()
              .setLocality(Locality.newBuilder().setRegion(region(endpoint)))
              .setLoadBalancingWeight(UInt32Value.of(endpoint.weight()))
              .setPriority(endpoint.priority());
      List<String> dialled =
          endpoint.addresses().isEmpty() ? List.of(endpoint.dialled()) : endpoint.addresses();
      dialled.forEach(address -> place.addLbEndpoints(at(address, endpoint, host)));
      assignment.addEndpoints(place);
    }
    cluster.setLoadAssignment(assignment);
    cluster
        .getCommonLbConfigBuilder()
        .setLocalityWeightedLbConfig(LocalityWeightedLbConfig.getDefaultInstance());
  }

  private static String region(ExternalEndpoint endpoint) {
    return endpoint.host() + " at " + endpoint.dialled() + " port " + endpoint.port();
  }

  private static LbEndpoint at(String address, ExternalEndpoint endpoint, String host) {
    LbEndpoint.Builder one = EndpointCompiler.of(address, endpoint.port()).toBuilder();
    one.getEndpointBuilder()
        .setHostname(
            Authorities.of(endpoint.host(), endpoint.hostPort(), endpoint.tls().isPresent()));
    if (endpoint.tls().isPresent() && !endpoint.host().equals(host)) {
      one.setMetadata(Metadata.newBuilder().putFilterMetadata(MATCH, match(endpoint.host())));
    }
    return one.build();
  }

  /// Whether one of them is to hear another name than the one that the application asked for.
  static boolean haveOtherHosts(String host, List<ExternalEndpoint> endpoints) {
    return endpoints.stream().anyMatch(endpoint -> !endpoint.host().equals(host));
  }

  /// The TLS that other hosts than the one asked for are spoken to with.
  static void addTls(
      Cluster.Builder cluster,
      String host,
      List<ExternalEndpoint> endpoints,
      List<String> protocols) {
    SortedMap<String, OutsideTls> others = new TreeMap<>();
    for (ExternalEndpoint endpoint : endpoints) {
      if (!endpoint.host().equals(host)) {
        endpoint.tls().ifPresent(tls -> others.put(endpoint.host(), tls));
      }
    }
    others.forEach((other, tls) ->
        cluster.addTransportSocketMatches(
            TransportSocketMatch.newBuilder()
                .setName(other)
                .setMatch(match(other))
                .setTransportSocket(ExternalTls.client(tls, protocols))));
  }

  private static Struct match(String host) {
    return Struct.newBuilder()
        .putFields(HOST, Value.newBuilder().setStringValue(host).build())
        .build();
  }
}
