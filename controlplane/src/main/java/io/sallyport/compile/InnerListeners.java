package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.EnvoyInternalAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.Listener.InternalListenerConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.sallyport.compile.filter.BlackHole;
import io.sallyport.compile.filter.Extensions;
import io.sallyport.compile.filter.FilterOrder;
import io.sallyport.compile.filter.SniResolution;
import io.sallyport.compile.filter.Tunnel;
import io.sallyport.mesh.ScopeView.ExternalTunnel;
import io.sallyport.policy.Origin;
import io.sallyport.policy.WildcardHost;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// Where a gateway looks at the TLS inside a hop: a listener within Envoy itself for each
/// destination, and the cluster that leads there. Only a listener can read a server name, and after
/// the hop's own TLS the first listener is past that. What is not TLS, or asks for another host or
/// for none, goes nowhere.
final class InnerListeners {
  private static final int HELLO_SECONDS = 10;
  private static final int BUFFER_BYTES = 32 * 1024;

  private InnerListeners() {}

  /// @param rules that grant the tunnel, on any port of the gateway
  static List<VersionedResource> compile(
      ExternalTunnel tunnel, List<String> resolvers, List<Origin> rules) {
    String name = Names.innerListener(tunnel.host(), tunnel.port());
    return List.of(
        listener(
            name,
            tunnel.host(),
            outward(tunnel, resolvers, rules),
            tunnel.below().aliases().keySet().stream()
                .map(host -> alias(name, host, tunnel.port(), rules))
                .toList(),
            rules),
        cluster(Names.innerCluster(tunnel.host(), tunnel.port()), name, rules));
  }

  /// A listener for TLS that asks for a host, or for one below a wildcard.
  ///
  /// @param filters for these
  /// @param others chains for some of them that have others
  /// @param origins of what it does
  static VersionedResource listener(
      String name,
      String host,
      List<Filter> filters,
      List<FilterChain> others,
      List<Origin> origins) {
    Listener listener =
        listener(name)
            .addFilterChains(asking(name, host).addAllFilters(filters))
            .addAllFilterChains(others)
            .addFilterChains(
                chain(name + "_not_tls")
                    .setFilterChainMatch(
                        FilterChainMatch.newBuilder().setTransportProtocol("raw_buffer"))
                    .addFilters(BlackHole.innerNotTls(Names.BLACK_HOLE_CLUSTER)))
            .setDefaultFilterChain(
                chain(name + "_other_name")
                    .addFilters(BlackHole.innerOtherName(Names.BLACK_HOLE_CLUSTER)))
            .build();
    return VersionedResource.of(ResourceType.LISTENER, name, listener, Grants.origins(origins));
  }

  /// TLS that asks for a host, or for one below a wildcard.
  private static FilterChain.Builder asking(String name, String host) {
    return chain(name)
        .setFilterChainMatch(
            FilterChainMatch.newBuilder().addServerNames(host).setTransportProtocol("tls"));
  }

  private static List<Filter> outward(
      ExternalTunnel tunnel, List<String> resolvers, List<Origin> rules) {
    String cluster = Names.externalTunnelCluster(tunnel.host(), tunnel.port());
    return WildcardHost.isWildcard(tunnel.host())
        ? List.of(
            SniResolution.filter(tunnel.port(), WildcardClusters.cache(tunnel, resolvers)),
            Tunnel.externalBelow(cluster, Grants.granted(rules)))
        : List.of(Tunnel.external(cluster, Grants.granted(rules)));
  }

  /// A host below a wildcard that has fixed addresses.
  private static FilterChain alias(String name, String host, int port, List<Origin> rules) {
    return asking(name + "_" + host, host)
        .addFilters(Tunnel.external(Names.externalAliasCluster(host, port), Grants.granted(rules)))
        .build();
  }

  /// Where nothing comes but silence: until its connections are refused for what they ask, they are
  /// held here, and not for long.
  static List<VersionedResource> nowhere() {
    String name = Names.INNER_NOWHERE;
    Listener listener =
        listener(name)
            .addFilterChains(
                chain(name).addFilters(BlackHole.innerNotTls(Names.BLACK_HOLE_CLUSTER)))
            .build();
    return List.of(
        VersionedResource.of(ResourceType.LISTENER, name, listener, List.of()),
        VersionedResource.of(ResourceType.CLUSTER, name, cluster(name, name), List.of()));
  }

  private static Listener.Builder listener(String name) {
    return Listener.newBuilder()
        .setName(name)
        .setInternalListener(InternalListenerConfig.getDefaultInstance())
        .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_BYTES))
        .addAllListenerFilters(FilterOrder.innerListener())
        .setListenerFiltersTimeout(Durations.fromSeconds(HELLO_SECONDS))
        // so that silence is refused by a chain, which logs it
        .setContinueOnListenerFiltersTimeout(true);
  }

  private static FilterChain.Builder chain(String name) {
    return FilterChain.newBuilder().setName(name);
  }

  /// The cluster that leads to such a listener.
  static VersionedResource cluster(String name, String listener, List<Origin> origins) {
    return VersionedResource.of(
        ResourceType.CLUSTER, name, cluster(name, listener), Grants.origins(origins));
  }

  private static Cluster cluster(String name, String listener) {
    Address inside =
        Address.newBuilder()
            .setEnvoyInternalAddress(
                EnvoyInternalAddress.newBuilder().setServerListenerName(listener))
            .build();
    return Clusters.tcp(name)
        .setType(DiscoveryType.STATIC)
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(
                    LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(
                            LbEndpoint.newBuilder()
                                .setEndpoint(Endpoint.newBuilder().setAddress(inside)))))
        .setTransportSocket(socket())
        .build();
  }

  /// Takes along what the hop's connection is marked with.
  private static TransportSocket socket() {
    TransportSocket plain =
        TransportSocket.newBuilder()
            .setName("envoy.transport_sockets.raw_buffer")
            .setTypedConfig(Extensions.any(RawBuffer.getDefaultInstance()))
            .build();
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.internal_upstream")
        .setTypedConfig(
            Extensions.any(
                InternalUpstreamTransport.newBuilder().setTransportSocket(plain).build()))
        .build();
  }
}
