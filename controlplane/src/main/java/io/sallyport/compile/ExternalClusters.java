package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CustomClusterType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.DnsResolverOptions;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.clusters.common.dns.v3.DnsLookupFamily;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster.RefreshRate;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.sallyport.compile.filter.Extensions;
import io.sallyport.mesh.ExternalEndpoint;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.ExternalTunnel;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.mesh.ScopeView.TunnelListener;
import io.sallyport.policy.Origin;
import io.sallyport.policy.WildcardHost;
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

  private ExternalClusters() {}

  static List<VersionedResource> compile(EgressGatewayView view) {
    SortedMap<String, Outside> byName = new TreeMap<>();
    for (GatewayListener listener : view.listeners()) {
      listener.routes().forEach(route -> merge(byName, Outside.of(route, view.resolvers())));
    }
    for (TunnelListener listener : view.tunnels()) {
      for (ExternalTunnel tunnel : listener.tunnels()) {
        merge(byName, Outside.of(tunnel, view.resolvers()));
        tunnel
            .below()
            .aliases()
            .forEach((host, addresses) -> merge(byName, Outside.below(tunnel, host, addresses)));
      }
      listener.tcp().forEach(tcp -> merge(byName, Outside.of(tcp, view.resolvers())));
    }
    return byName.values().stream().map(outside -> cluster(outside, view.resolvers())).toList();
  }

  /// One cluster to be.
  ///
  /// @param builder without saying yet where the host is
  private record Outside(
      Cluster.Builder builder,
      String host,
      int port,
      List<String> addresses,
      List<ExternalEndpoint> endpoints,
      List<Origin> rules) {
    static Outside of(ExternalRoute route, List<String> resolvers) {
      Cluster.Builder builder =
          WildcardHost.isWildcard(route.host())
              ? WildcardClusters.of(route, resolvers)
              : OutsideTraffic.cluster(name(route), route.outside());
      List<String> protocols = OutsideTraffic.protocols(route.outside());
      route.tls().ifPresent(tls -> builder.setTransportSocket(ExternalTls.client(tls, protocols)));
      ExternalEndpoints.addTls(builder, route.host(), route.endpoints(), protocols);
      return new Outside(
          builder,
          route.host(),
          route.port(),
          route.addresses(),
          route.endpoints(),
          new ArrayList<>(Grants.rules(route.grants())));
    }

    static Outside of(ExternalTunnel tunnel, List<String> resolvers) {
      Cluster.Builder builder =
          WildcardHost.isWildcard(tunnel.host())
              ? WildcardClusters.of(tunnel, resolvers)
              : Clusters.tcp(Names.externalTunnelCluster(tunnel.host(), tunnel.port()));
      if (tunnel.endpoints().size() > 1) {
        OutsideTraffic.ejectUnreachable(builder);
      }
      return new Outside(
          builder,
          tunnel.host(),
          tunnel.port(),
          tunnel.addresses(),
          tunnel.endpoints(),
          new ArrayList<>(Grants.rules(tunnel.grants())));
    }

    /// A host below a wildcard that has fixed addresses.
    static Outside below(ExternalTunnel wildcard, String host, List<String> addresses) {
      return new Outside(
          Clusters.tcp(Names.externalAliasCluster(host, wildcard.port())),
          host,
          wildcard.port(),
          addresses,
          List.of(),
          new ArrayList<>(Grants.rules(wildcard.grants())));
    }
  }

  /// The cluster that a route leads to.
  static String name(ExternalRoute route) {
    return route.tls().isPresent()
        ? Names.externalTlsCluster(route.host(), route.port())
        : Names.externalCluster(route.host(), route.port());
  }

  private static void merge(SortedMap<String, Outside> byName, Outside outside) {
    Outside before = byName.putIfAbsent(outside.builder().getName(), outside);
    if (before != null) {
      before.rules().addAll(outside.rules());
    }
  }

  private static VersionedResource cluster(Outside outside, List<String> resolvers) {
    Cluster.Builder cluster = outside.builder();
    String name = cluster.getName();
    if (WildcardHost.isWildcard(outside.host())) {
      // finds each of its hosts by itself
    } else if (!outside.endpoints().isEmpty()) {
      ExternalEndpoints.list(cluster, outside.host(), outside.endpoints());
      if (outside.endpoints().stream().allMatch(each -> !each.addresses().isEmpty())) {
        cluster.setType(DiscoveryType.STATIC);
      } else {
        boolean apart = cluster.hasOutlierDetection() || outside.endpoints().size() > 1;
        fromDns(cluster, apart, resolvers);
      }
    } else if (outside.addresses().isEmpty()) {
      cluster.setLoadAssignment(at(outside.port(), List.of(outside.host()), name));
      fromDns(cluster, cluster.hasOutlierDetection(), resolvers);
    } else {
      cluster
          .setType(DiscoveryType.STATIC)
          .setLoadAssignment(at(outside.port(), outside.addresses(), name));
    }
    return VersionedResource.of(
        ResourceType.CLUSTER, name, cluster.build(), Grants.origins(outside.rules()));
  }

  /// Big sites answer with other addresses every minute. A logical host takes them for new
  /// connections and leaves the old ones alone; it tries the addresses of both families in turn
  /// (RFC 8305), so a machine without IPv6 works as well. The cluster is in use once the first
  /// answer or failure is there, so queries give up soon and are repeated often.
  ///
  /// Only where failing addresses are to be left out, or there are several names, is each an
  /// endpoint of its own; then IPv4 is preferred, since all of them are taken for usable.
  ///
  /// @param apart whether each address is an endpoint of its own
  private static void fromDns(Cluster.Builder cluster, boolean apart, List<String> resolvers) {
    DnsCluster dns =
        DnsCluster.newBuilder()
            .setAllAddressesInSingleEndpoint(!apart)
            .setDnsLookupFamily(apart ? DnsLookupFamily.V4_PREFERRED : DnsLookupFamily.ALL)
            .setRespectDnsTtl(true)
            .setDnsFailureRefreshRate(
                RefreshRate.newBuilder()
                    .setBaseInterval(Durations.fromSeconds(1))
                    .setMaxInterval(Durations.fromSeconds(10)))
            .setTypedDnsResolverConfig(resolver(resolvers))
            .build();
    cluster.setClusterType(
        CustomClusterType.newBuilder()
            .setName("envoy.clusters.dns")
            .setTypedConfig(Extensions.any(dns)));
  }

  /// Names are asked for as they are: with the machine's search domains, whoever owns such a domain
  /// could answer for `httpbin.org.svc.cluster.local`.
  static TypedExtensionConfig resolver(List<String> resolvers) {
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

  private static ClusterLoadAssignment at(int port, List<String> addresses, String name) {
    LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
    for (String address : addresses) {
      endpoints.addLbEndpoints(EndpointCompiler.of(address, port));
    }
    return ClusterLoadAssignment.newBuilder().setClusterName(name).addEndpoints(endpoints).build();
  }
}
