package io.sallyport.compile;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.sallyport.compile.filter.BlackHole;
import io.sallyport.compile.filter.ConnectionManager;
import io.sallyport.compile.filter.DestinationPort;
import io.sallyport.compile.filter.FilterOrder;
import io.sallyport.compile.filter.Granted;
import io.sallyport.compile.filter.Tunnel;
import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ScopeView.OutboundTcp;
import io.sallyport.mesh.ScopeView.OutboundTunnel;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.MeshConfig.OutboundMode;
import io.sallyport.policy.Origin;
import io.sallyport.policy.ValueMatch.AddressRange;
import io.sallyport.policy.WildcardHost;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The capture listener, through which everything leaves a workload. Rules for HTTP are not in it,
/// so that changing one drains no connection. A rule for TLS is a filter chain for each host and
/// port, one for TCP a chain for each host and its addresses; Envoy updates a listener of which
/// only chains differ in place, and drains no other chain.
final class OutboundListener {
  /// How long a connection may stay silent before it is taken for something else than HTTP or TLS,
  /// which is then refused.
  private static final int SNIFF_SECONDS = 5;

  private static final int BUFFER_BYTES = 32 * 1024;

  private OutboundListener() {}

  static VersionedResource compile(SidecarView view) {
    ListenOptions listen = view.scope().listen();
    Address address = Addresses.ofHostAndPort(listen.outbound());
    Listener.Builder listener =
        Listener.newBuilder()
            .setName(Names.VIRTUAL_OUTBOUND)
            .setAddress(address)
            .setTrafficDirection(TrafficDirection.OUTBOUND)
            .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_BYTES))
            .addAllListenerFilters(FilterOrder.capture(listen.interception(), silent(view)))
            .setListenerFiltersTimeout(Durations.fromSeconds(SNIFF_SECONDS))
            .setContinueOnListenerFiltersTimeout(true)
            .addFilterChains(captureGuard(Addresses.portOf(address)))
            .addFilterChains(http(Names.OUTBOUND_HTTP_CHAIN, sniffedHttp()))
            .setDefaultFilterChain(other(view.mode()));
    List<OutboundTunnel> tunnels = tunnels(view, Addresses.portOf(address));
    SortedSet<Integer> ports = new TreeSet<>();
    tunnels.forEach(tunnel -> ports.add(tunnel.port()));
    List<OutboundTcp> tcp =
        view.tcp().stream().filter(to -> to.port() != Addresses.portOf(address)).toList();
    tcp.forEach(to -> ports.add(to.port()));
    ports.removeAll(silent(view));
    ports.forEach(port -> listener.addFilterChains(httpOn(port)));
    tunnels.forEach(tunnel -> listener.addFilterChains(tls(tunnel)));
    tcp.forEach(to -> listener.addFilterChains(tcp(to)));
    List<Origin> origins =
        Stream.concat(
                tunnels.stream().flatMap(each -> each.grants().stream()),
                tcp.stream().flatMap(each -> each.grants().stream()))
            .toList();
    if (listen.interception() == Interception.TPROXY) {
      listener.setTransparent(BoolValue.of(true));
    }
    return VersionedResource.of(
        ResourceType.LISTENER, Names.VIRTUAL_OUTBOUND, listener.build(), Grants.origins(origins));
  }

  /// The ports on which only addresses count. To look at the bytes there would be to wait for the
  /// client, and of some protocols it is the server that speaks first.
  private static SortedSet<Integer> silent(SidecarView view) {
    SortedSet<Integer> ports = new TreeSet<>();
    view.tcp().forEach(to -> ports.add(to.port()));
    view.routes().forEach(route -> ports.remove(route.port()));
    view.tunnels().forEach(tunnel -> ports.remove(tunnel.port()));
    return ports;
  }

  /// In a fixed order; none for the capture port, which leads nowhere.
  private static List<OutboundTunnel> tunnels(SidecarView view, int capturePort) {
    return view.tunnels().stream()
        .filter(tunnel -> tunnel.port() != capturePort)
        .sorted(Comparator.comparingInt(OutboundTunnel::port).thenComparing(OutboundTunnel::host))
        .toList();
  }

  /// Whoever dials the capture port itself, and so has no other destination, gets nowhere; nor does
  /// who dials an outside host on a port of that number, which looks the same.
  private static FilterChain captureGuard(int port) {
    return FilterChain.newBuilder()
        .setName(Names.CAPTURE_GUARD_CHAIN)
        .setFilterChainMatch(FilterChainMatch.newBuilder().setDestinationPort(UInt32Value.of(port)))
        .addFilters(BlackHole.filter(Names.BLACK_HOLE_CLUSTER))
        .build();
  }

  /// Plain HTTP on any port, so that what is refused there is always answered with 502.
  private static FilterChainMatch.Builder sniffedHttp() {
    return FilterChainMatch.newBuilder()
        .setTransportProtocol("raw_buffer")
        .addApplicationProtocols("http/1.0")
        .addApplicationProtocols("http/1.1")
        .addApplicationProtocols("h2c");
  }

  /// The same once more for one port: where any chain names a port, Envoy looks at no chain without
  /// it. Both have the same routes, so it makes no difference on which a connection is.
  private static FilterChain httpOn(int port) {
    return http(
        Names.outboundHttpChain(port), sniffedHttp().setDestinationPort(UInt32Value.of(port)));
  }

  private static FilterChain http(String name, FilterChainMatch.Builder match) {
    return FilterChain.newBuilder()
        .setName(name)
        .setFilterChainMatch(match)
        .addFilters(DestinationPort.filter(Names.DESTINATION_PORT_STATE))
        .addFilters(ConnectionManager.outbound(Names.OUTBOUND_ROUTES, Ads.routes()))
        .build();
  }

  /// TLS that asks for one host on one port goes to a gateway as it is, and to a host below a
  /// wildcard within a CONNECT. The address that was dialled plays no part.
  private static FilterChain tls(OutboundTunnel tunnel) {
    return FilterChain.newBuilder()
        .setName(Names.tunnelChain(tunnel.host(), tunnel.port()))
        .setFilterChainMatch(
            FilterChainMatch.newBuilder()
                .setDestinationPort(UInt32Value.of(tunnel.port()))
                .addServerNames(tunnel.host())
                .setTransportProtocol("tls"))
        .addFilters(
            WildcardHost.isWildcard(tunnel.host())
                ? Tunnel.connect(
                    Names.tcpCluster(tunnel.hop().service()),
                    Names.authority(tunnel.host(), tunnel.port()),
                    Grants.granted(tunnel.grants()))
                : Tunnel.outbound(
                    Names.tunnelCluster(tunnel.host(), tunnel.port()),
                    Grants.granted(tunnel.grants())))
        .build();
  }

  /// Whatever dials the addresses of a host goes to a gateway, which asks for the host by name.
  private static FilterChain tcp(OutboundTcp to) {
    FilterChainMatch.Builder match =
        FilterChainMatch.newBuilder().setDestinationPort(UInt32Value.of(to.port()));
    for (AddressRange block : to.addresses()) {
      match.addPrefixRanges(
          CidrRange.newBuilder()
              .setAddressPrefix(block.address())
              .setPrefixLen(UInt32Value.of(block.prefixLength())));
    }
    return FilterChain.newBuilder()
        .setName(Names.tcpChain(to.host(), to.port()))
        .setFilterChainMatch(match)
        .addFilters(
            Tunnel.connect(
                Names.tcpCluster(to.hop().service()),
                Names.authority(to.host(), to.port()),
                Grants.granted(to.grants())))
        .build();
  }

  /// Other TLS and everything unknown is reset, or passes to wherever it was dialled.
  private static FilterChain other(OutboundMode mode) {
    return FilterChain.newBuilder()
        .setName(Names.OUTBOUND_OTHER_CHAIN)
        .addFilters(
            switch (mode) {
              case REGISTRY_ONLY -> BlackHole.filter(Names.BLACK_HOLE_CLUSTER);
              case ALLOW_ANY ->
                  Tunnel.outbound(
                      Names.PASSTHROUGH_CLUSTER, new Granted(Names.ANY_RULE, Names.ANY_RULE));
            })
        .build();
  }
}
