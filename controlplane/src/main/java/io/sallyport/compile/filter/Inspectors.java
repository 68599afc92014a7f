package io.sallyport.compile.filter;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.type.v3.Int32Range;
import java.util.Collection;
import java.util.List;

/// The listener filters that find out where a captured connection was going and what it speaks.
final class Inspectors {
  private Inspectors() {}

  /// Asks the kernel for the destination that iptables replaced (`SO_ORIGINAL_DST`).
  static ListenerFilter originalDestination() {
    return filter("envoy.filters.listener.original_dst", OriginalDst.getDefaultInstance());
  }

  /// Reads the destination from a PROXY protocol header. A connection without one is closed: it has
  /// no destination but this proxy itself, and nobody may choose another by leaving it out. With
  /// `PROXY UNKNOWN` or `LOCAL` the destination is the capture port, which the guard chain refuses.
  static ListenerFilter proxyProtocol() {
    return filter(
        "envoy.filters.listener.proxy_protocol",
        ProxyProtocol.newBuilder().setAllowRequestsWithoutProxyProtocol(false).build());
  }

  static ListenerFilter tls() {
    return filter("envoy.filters.listener.tls_inspector", TlsInspector.getDefaultInstance());
  }

  static ListenerFilter http() {
    return filter("envoy.filters.listener.http_inspector", HttpInspector.getDefaultInstance());
  }

  /// The same filter, but for connections to these ports.
  static ListenerFilter except(Collection<Integer> ports, ListenerFilter filter) {
    List<ListenerFilterChainMatchPredicate> each =
        ports.stream().sorted().map(Inspectors::port).toList();
    return switch (each.size()) {
      case 0 -> filter;
      case 1 -> filter.toBuilder().setFilterDisabled(each.getFirst()).build();
      default ->
          filter.toBuilder()
              .setFilterDisabled(
                  ListenerFilterChainMatchPredicate.newBuilder()
                      .setOrMatch(MatchSet.newBuilder().addAllRules(each)))
              .build();
    };
  }

  private static ListenerFilterChainMatchPredicate port(int port) {
    return ListenerFilterChainMatchPredicate.newBuilder()
        .setDestinationPortRange(Int32Range.newBuilder().setStart(port).setEnd(port + 1))
        .build();
  }

  private static ListenerFilter filter(String name, Message config) {
    return ListenerFilter.newBuilder().setName(name).setTypedConfig(Extensions.any(config)).build();
  }
}
