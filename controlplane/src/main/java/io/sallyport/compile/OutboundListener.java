package io.sallyport.compile;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.sallyport.compile.filter.BlackHole;
import io.sallyport.compile.filter.ConnectionManager;
import io.sallyport.compile.filter.DestinationPort;
import io.sallyport.compile.filter.FilterOrder;
import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// The capture listener, through which everything leaves a workload. No policy is in it, so no
/// change of a policy drains a connection.
final class OutboundListener {
  /// How long a connection may stay silent before it is taken for something else than HTTP or TLS,
  /// which is then refused.
  private static final int SNIFF_SECONDS = 5;

  private static final int BUFFER_BYTES = 32 * 1024;

  private OutboundListener() {}

  static VersionedResource compile(ListenOptions listen) {
    Address address = Addresses.ofHostAndPort(listen.outbound());
    Listener.Builder listener =
        Listener.newBuilder()
            .setName(Names.VIRTUAL_OUTBOUND)
            .setAddress(address)
            .setTrafficDirection(TrafficDirection.OUTBOUND)
            .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_BYTES))
            .addAllListenerFilters(FilterOrder.capture(listen.interception()))
            .setListenerFiltersTimeout(Durations.fromSeconds(SNIFF_SECONDS))
            .setContinueOnListenerFiltersTimeout(true)
            .addFilterChains(captureGuard(Addresses.portOf(address)))
            .addFilterChains(http())
            .setDefaultFilterChain(other());
    if (listen.interception() == Interception.TPROXY) {
      listener.setTransparent(BoolValue.of(true));
    }
    return VersionedResource.of(
        ResourceType.LISTENER, Names.VIRTUAL_OUTBOUND, listener.build(), List.of());
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
  private static FilterChain http() {
    return FilterChain.newBuilder()
        .setName(Names.OUTBOUND_HTTP_CHAIN)
        .setFilterChainMatch(
            FilterChainMatch.newBuilder()
                .setTransportProtocol("raw_buffer")
                .addApplicationProtocols("http/1.0")
                .addApplicationProtocols("http/1.1")
                .addApplicationProtocols("h2c"))
        .addFilters(DestinationPort.filter(Names.DESTINATION_PORT_STATE))
        .addFilters(ConnectionManager.outbound(Names.OUTBOUND_ROUTES, Ads.routes()))
        .build();
  }

  /// TLS and everything unknown is reset.
  private static FilterChain other() {
    return FilterChain.newBuilder()
        .setName(Names.OUTBOUND_OTHER_CHAIN)
        .addFilters(BlackHole.filter(Names.BLACK_HOLE_CLUSTER))
        .build();
  }
}
