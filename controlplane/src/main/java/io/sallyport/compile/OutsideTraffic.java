package io.sallyport.compile;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryPriority;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.AutoHttpConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import io.envoyproxy.envoy.type.v3.Percent;
import io.sallyport.compile.filter.ConnectionManager;
import io.sallyport.compile.filter.Extensions;
import io.sallyport.policy.Outside;
import io.sallyport.policy.Outside.Exchange;
import io.sallyport.policy.Outside.Retries;
import io.sallyport.policy.OutsideEndpoint;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a rule says of how the gateway speaks to an outside host, in the words of its route and its
/// cluster.
final class OutsideTraffic {
  private static final String WEBSOCKET = "websocket";
  private static final String CONNECT = "CONNECT";

  /// With no address left that did not fail, all are tried again: a host's failures are never the
  /// reason why a gateway refuses.
  private static final double PANIC_BELOW_PERCENT = 1;

  private static final int ALL_PERCENT = 100;

  private static final int MOST_RETRIES = 10;

  /// How often Envoy draws until it has another place than the one that failed, whatever their
  /// weights.
  private static final int OTHER_PLACE_ATTEMPTS = 20;

  private static final Http1ProtocolOptions HTTP1 = Http1ProtocolOptions.getDefaultInstance();

  /// Without pings: servers end connections of clients that ping more than they allow (gRPC: every
  /// five minutes).
  private static final Http2ProtocolOptions HTTP2 =
      Http2ProtocolOptions.newBuilder()
          .setMaxConcurrentStreams(UInt32Value.of(100))
          .setInitialStreamWindowSize(UInt32Value.of(64 * 1024))
          .setInitialConnectionWindowSize(UInt32Value.of(1024 * 1024))
          .build();

  private OutsideTraffic() {}

  /// The gateway's route.
  static RouteAction.Builder atGateway(RouteAction.Builder route, Outside outside) {
    outside.timeouts().request().ifPresent(limit -> route.setTimeout(duration(limit)));
    idle(route, outside.exchange());
    failOver(route, outside.endpoints());
    outside.retries().ifPresent(retries -> retry(route, retries));
    return upgrades(route, outside.exchange());
  }

  private static RouteAction.Builder idle(RouteAction.Builder route, Exchange exchange) {
    exchange.idle().ifPresent(limit -> route.setIdleTimeout(duration(limit)));
    return route;
  }

  /// What failed at one place goes to another within the same request: to those of its priority
  /// first, as often as there are any, and then to the next priority.
  private static void failOver(RouteAction.Builder route, List<OutsideEndpoint> endpoints) {
    if (endpoints.size() < 2) {
      return;
    }
    Map<Integer, Integer> sizes = new HashMap<>();
    endpoints.forEach(endpoint -> sizes.merge(endpoint.priority(), 1, Integer::sum));
    int most = Collections.max(sizes.values());
    RetryPolicy.Builder policy = route.getRetryPolicyBuilder();
    policy
        .setNumRetries(
            UInt32Value.of(
                Math.clamp(
                    (long) most * sizes.size() - 1,
                    policy.getNumRetries().getValue(),
                    MOST_RETRIES)))
        .setHostSelectionRetryMaxAttempts(OTHER_PLACE_ATTEMPTS);
    if (sizes.size() > 1) {
      policy.setRetryPriority(
          RetryPriority.newBuilder()
              .setName("envoy.retry_priorities.previous_priorities")
              .setTypedConfig(
                  Extensions.any(
                      PreviousPrioritiesConfig.newBuilder().setUpdateFrequency(most).build())));
    }
  }

  private static void retry(RouteAction.Builder route, Retries retries) {
    route
        .getRetryPolicyBuilder()
        .setRetryOn(String.join(",", retries.on()))
        .setNumRetries(UInt32Value.of(retries.attempts()));
    retries
        .perTryTimeout()
        .ifPresent(limit -> route.getRetryPolicyBuilder().setPerTryTimeout(duration(limit)));
  }

  /// The gateway's route for CONNECT: here the tunnel ends, and its bytes go on to the host.
  static RouteAction.Builder connectAtGateway(RouteAction.Builder route, Outside outside) {
    failOver(route, outside.endpoints());
    return idle(route, outside.exchange())
        .addUpgradeConfigs(
            UpgradeConfig.newBuilder()
                .setUpgradeType(CONNECT)
                .setConnectConfig(ConnectConfig.getDefaultInstance()));
  }

  /// A sidecar's, which leaves the tunnel to the gateway.
  static RouteAction.Builder connectAtSidecar(RouteAction.Builder route, Exchange exchange) {
    return idleAtSidecar(route, exchange)
        .addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType(CONNECT));
  }

  /// A sidecar's route. The gateway is the one to give up first.
  static RouteAction.Builder atSidecar(RouteAction.Builder route, Exchange exchange) {
    return upgrades(idleAtSidecar(route, exchange), exchange);
  }

  private static RouteAction.Builder idleAtSidecar(RouteAction.Builder route, Exchange exchange) {
    exchange
        .idle()
        .filter(idle -> idle.compareTo(ConnectionManager.STREAM_IDLE) > 0)
        .ifPresent(idle -> route.setIdleTimeout(duration(idle)));
    return route;
  }

  private static RouteAction.Builder upgrades(RouteAction.Builder route, Exchange exchange) {
    return exchange.websocket()
        ? route.addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType(WEBSOCKET))
        : route;
  }

  /// The gateway's cluster, without saying yet where the host is.
  static Cluster.Builder cluster(String name, Outside outside) {
    return cluster(name, outside, protocol(outside));
  }

  /// The same with more than [#protocol] says.
  static Cluster.Builder cluster(
      String name, Outside outside, HttpProtocolOptions.Builder options) {
    Cluster.Builder cluster = Clusters.http(name, options);
    outside.timeouts().connect().ifPresent(limit -> cluster.setConnectTimeout(duration(limit)));
    CircuitBreakers.Thresholds.Builder limits =
        cluster.getCircuitBreakersBuilder().getThresholdsBuilder(0);
    Outside.ConnectionPool pool = outside.connectionPool();
    pool.maxConnections().map(UInt32Value::of).ifPresent(limits::setMaxConnections);
    pool.maxPendingRequests().map(UInt32Value::of).ifPresent(limits::setMaxPendingRequests);
    pool.maxRequests().map(UInt32Value::of).ifPresent(limits::setMaxRequests);
    outside
        .outlierDetection()
        .or(() ->
            outside.endpoints().size() > 1
                ? Optional.of(Outside.OutlierDetection.DEFAULT)
                : Optional.empty())
        .ifPresent(detection -> eject(cluster, detection));
    return cluster;
  }

  /// For bytes, of which nothing else is known than whether there was a connection.
  static void ejectUnreachable(Cluster.Builder cluster) {
    Outside.OutlierDetection usual = Outside.OutlierDetection.DEFAULT;
    eject(
        cluster,
        OutlierDetection.newBuilder()
            .setSplitExternalLocalOriginErrors(true)
            .setConsecutiveLocalOriginFailure(UInt32Value.of(1))
            .setEnforcingLocalOriginSuccessRate(UInt32Value.of(0))
            .setInterval(duration(usual.interval()))
            .setBaseEjectionTime(duration(usual.baseEjectionTime())));
  }

  private static void eject(Cluster.Builder cluster, Outside.OutlierDetection detection) {
    eject(
        cluster,
        OutlierDetection.newBuilder()
            .setConsecutive5Xx(UInt32Value.of(detection.consecutive5xx()))
            .setInterval(duration(detection.interval()))
            .setBaseEjectionTime(duration(detection.baseEjectionTime())));
  }

  private static void eject(Cluster.Builder cluster, OutlierDetection.Builder detection) {
    cluster
        .setOutlierDetection(
            detection
                // an address is compared with no other
                .setEnforcingSuccessRate(UInt32Value.of(0))
                .setMaxEjectionPercent(UInt32Value.of(ALL_PERCENT)))
        .setCommonLbConfig(
            CommonLbConfig.newBuilder()
                .setHealthyPanicThreshold(Percent.newBuilder().setValue(PANIC_BELOW_PERCENT)));
  }

  /// What is spoken to the host.
  static HttpProtocolOptions.Builder protocol(Outside outside) {
    HttpProtocolOptions.Builder options = HttpProtocolOptions.newBuilder();
    return switch (outside.upstreamProtocol()) {
      case HTTP1 ->
          options.setExplicitHttpConfig(
              ExplicitHttpConfig.newBuilder().setHttpProtocolOptions(HTTP1));
      case HTTP2 ->
          options.setExplicitHttpConfig(
              ExplicitHttpConfig.newBuilder().setHttp2ProtocolOptions(HTTP2));
      case AUTO ->
          options.setAutoConfig(
              AutoHttpConfig.newBuilder()
                  .setHttpProtocolOptions(HTTP1)
                  .setHttp2ProtocolOptions(HTTP2));
    };
  }

  /// What TLS offers (ALPN), the best first.
  static List<String> protocols(Outside outside) {
    return switch (outside.upstreamProtocol()) {
      case HTTP1 -> List.of("http/1.1");
      case HTTP2 -> List.of("h2");
      case AUTO -> List.of("h2", "http/1.1");
    };
  }

  private static Duration duration(java.time.Duration limit) {
    return Duration.newBuilder().setSeconds(limit.toSeconds()).setNanos(limit.getNano()).build();
  }
}
