package io.sallyport.compile.filter;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.CodecType;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.List;

/// The HTTP connection manager, hardened as Envoy's guide for edge proxies says, on every hop: an
/// application is no more to be trusted than the internet, and two hops that read a request
/// differently are a way around a policy.
public final class ConnectionManager {
  private static final Duration REQUEST_HEADERS = Durations.fromSeconds(10);

  /// How long nothing may move on an exchange, unless its route says otherwise.
  public static final java.time.Duration STREAM_IDLE = java.time.Duration.ofMinutes(5);

  private static final Duration CONNECTION_IDLE = Durations.fromMinutes(15);

  /// A gateway's connection ends after this time, so that none outlives by much the certificate
  /// that it was opened with. Envoy ends it gracefully.
  private static final Duration GATEWAY_CONNECTION_AGE = Durations.fromHours(1);

  private static final int MAX_STREAMS = 100;
  private static final int STREAM_WINDOW = 64 * 1024;
  private static final int CONNECTION_WINDOW = 1024 * 1024;

  private ConnectionManager() {}

  /// For a sidecar's captured connections. The port stays in the authority, since CONNECT is for
  /// that port; for other requests no route looks at it, and the gateway strips it.
  public static Filter outbound(String routes, ConfigSource source) {
    return filter(
        manager(routes, source, AccessLogs.ofRouted(), FilterOrder.outbound())
            .setStripAnyHostPort(false)
            .setCommonHttpProtocolOptions(common()));
  }

  /// For the connections of sidecars at an egress gateway. A WebSocket comes there as extended
  /// CONNECT (RFC 8441), and is refused unless its route allows it.
  public static Filter egress(String routes, ConfigSource source) {
    return filter(
        manager(routes, source, GatewayLogs.ofRequests(), FilterOrder.egress())
            .setHttp2ProtocolOptions(http2().toBuilder().setAllowConnect(true))
            .setCommonHttpProtocolOptions(
                common().setMaxConnectionDuration(GATEWAY_CONNECTION_AGE)));
  }

  /// For the connections of sidecars at an egress gateway that carry bytes of any kind, each as a
  /// CONNECT, whose authority is compared with its port.
  public static Filter egressTcp(String routes, ConfigSource source) {
    return filter(
        manager(routes, source, GatewayLogs.ofRequests(), FilterOrder.egressTcp())
            .setStripAnyHostPort(false)
            .setHttp2ProtocolOptions(http2().toBuilder().setAllowConnect(true))
            .setCommonHttpProtocolOptions(
                common().setMaxConnectionDuration(GATEWAY_CONNECTION_AGE)));
  }

  private static HttpConnectionManager.Builder manager(
      String routes, ConfigSource source, List<AccessLog> logs, List<HttpFilter> filters) {
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(routes)
            .setCodecType(CodecType.AUTO)
            .setRds(Rds.newBuilder().setRouteConfigName(routes).setConfigSource(source))
            .addAllHttpFilters(filters)
            .addAllAccessLog(logs)
            .setStreamIdleTimeout(Durations.fromSeconds(STREAM_IDLE.toSeconds()))
            .setRequestHeadersTimeout(REQUEST_HEADERS)
            .setHttpProtocolOptions(Http1ProtocolOptions.newBuilder().setAcceptHttp10(true))
            .setHttp2ProtocolOptions(http2());
    normaliseTarget(manager);
    trustNobody(manager);
    return manager;
  }

  /// One way to write a host and a path. An escaped slash is refused: to unescape it would ask the
  /// outside server for another resource than the application named.
  private static void normaliseTarget(HttpConnectionManager.Builder manager) {
    manager
        .setNormalizePath(BoolValue.of(true))
        .setMergeSlashes(true)
        .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.REJECT_REQUEST)
        .setStripAnyHostPort(true)
        .setStripTrailingHostDot(true);
  }

  /// Every peer is external: none may steer Envoy by `x-envoy-*` headers or say where it comes
  /// from. Envoy in turn adds nothing of its own to what passes through.
  private static void trustNobody(HttpConnectionManager.Builder manager) {
    manager
        .setUseRemoteAddress(BoolValue.of(true))
        .setInternalAddressConfig(InternalAddressConfig.getDefaultInstance())
        .setForwardClientCertDetails(ForwardClientCertDetails.SANITIZE)
        .setSkipXffAppend(true)
        .setGenerateRequestId(BoolValue.of(false))
        .setPreserveExternalRequestId(true)
        .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH);
  }

  private static HttpProtocolOptions.Builder common() {
    return HttpProtocolOptions.newBuilder()
        .setIdleTimeout(CONNECTION_IDLE)
        .setHeadersWithUnderscoresAction(HeadersWithUnderscoresAction.REJECT_REQUEST);
  }

  private static Http2ProtocolOptions http2() {
    return Http2ProtocolOptions.newBuilder()
        .setMaxConcurrentStreams(UInt32Value.of(MAX_STREAMS))
        .setInitialStreamWindowSize(UInt32Value.of(STREAM_WINDOW))
        .setInitialConnectionWindowSize(UInt32Value.of(CONNECTION_WINDOW))
        // a bad request ends its stream, not the connection that others share
        .setOverrideStreamErrorOnInvalidHttpMessage(BoolValue.of(true))
        .build();
  }

  private static Filter filter(HttpConnectionManager.Builder manager) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.http_connection_manager")
        .setTypedConfig(Extensions.any(manager.build()))
        .build();
  }
}
