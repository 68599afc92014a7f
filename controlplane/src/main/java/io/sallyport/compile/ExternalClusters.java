package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CustomClusterType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.DnsResolverOptions;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.clusters.common.dns.v3.DnsLookupFamily;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster.RefreshRate;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import io.sallyport.compile.filter.Extensions;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Outside hosts. The gateway finds them itself, by fixed addresses or by asking DNS; an address
/// that a client chose plays no part.
final class ExternalClusters {
  private static final int DNS_PORT = 53;
  private static final int QUERY_SECONDS = 3;
  private static final int QUERY_TRIES = 2;

  private static final ExplicitHttpConfig HTTP1 =
      ExplicitHttpConfig.newBuilder()
          .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
          .build();

  private ExternalClusters() {}

  static List<VersionedResource> compile(EgressGatewayView view) {
    SortedMap<String, List<ExternalRoute>> byCluster = new TreeMap<>();
    for (GatewayListener listener : view.listeners()) {
      for (ExternalRoute route : listener.routes()) {
        byCluster
            .computeIfAbsent(
                Names.externalCluster(route.host(), route.port()), _ -> new ArrayList<>())
            .add(route);
      }
    }
    List<VersionedResource> clusters = new ArrayList<>();
    byCluster.forEach((name, users) -> clusters.add(cluster(name, users, view.resolvers())));
    return clusters;
  }

  private static VersionedResource cluster(
      String name, List<ExternalRoute> users, List<String> resolvers) {
    ExternalRoute route = users.getFirst();
    Cluster.Builder cluster = Clusters.http(name, HTTP1);
    if (route.addresses().isEmpty()) {
      fromDns(cluster, route, resolvers);
    } else {
      cluster.setType(DiscoveryType.STATIC).setLoadAssignment(at(route, route.addresses(), name));
    }
    List<Origin> origins =
        users.stream().flatMap(user -> EgressRoutes.rules(user).stream()).toList();
    return VersionedResource.of(
        ResourceType.CLUSTER, name, cluster.build(), Grants.origins(origins));
  }

  /// Big sites answer with other addresses every minute. A logical host takes them for new
  /// connections and leaves the old ones alone; it tries the addresses of both families in turn
  /// (RFC 8305), so a machine without IPv6 works as well. The cluster is in use once the first
  /// answer or failure is there, so queries give up soon and are repeated often.
  private static void fromDns(
      Cluster.Builder cluster, ExternalRoute route, List<String> resolvers) {
    DnsCluster dns =
        DnsCluster.newBuilder()
            .setAllAddressesInSingleEndpoint(true)
            .setDnsLookupFamily(DnsLookupFamily.ALL)
            .setRespectDnsTtl(true)
            .setDnsFailureRefreshRate(
                RefreshRate.newBuilder()
                    .setBaseInterval(Durations.fromSeconds(1))
                    .setMaxInterval(Durations.fromSeconds(10)))
            .setTypedDnsResolverConfig(resolver(resolvers))
            .build();
    cluster
        .setClusterType(
            CustomClusterType.newBuilder()
                .setName("envoy.clusters.dns")
                .setTypedConfig(Extensions.any(dns)))
        .setLoadAssignment(at(route, List.of(route.host()), cluster.getName()));
  }

  /// Names are asked for as they are: with the machine's search domains, whoever owns such a domain
  /// could answer for `httpbin.org.svc.cluster.local`.
  private static TypedExtensionConfig resolver(List<String> resolvers) {
    CaresDnsResolverConfig.Builder config =
        CaresDnsResolverConfig.newBuilder()
            .setQueryTimeoutSeconds(UInt64Value.of(QUERY_SECONDS))
            .setQueryTries(UInt32Value.of(QUERY_TRIES))
            .setDnsResolverOptions(DnsResolverOptions.newBuilder().setNoDefaultSearchDomain(true));
    for (String resolver : resolvers) {
      config.addResolvers(Addresses.ofHostAndOptionalPort(resolver, DNS_PORT));
    }
    return Extensions.extension("envoy.network.dns_resolver.cares", config.build());
  }

  private static ClusterLoadAssignment at(
      ExternalRoute route, List<String> addresses, String name) {
    LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
    for (String address : addresses) {
      endpoints.addLbEndpoints(EndpointCompiler.of(address, route.port()));
    }
    return ClusterLoadAssignment.newBuilder().setClusterName(name).addEndpoints(endpoints).build();
  }
}
