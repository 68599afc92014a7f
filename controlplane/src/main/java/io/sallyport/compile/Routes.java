package io.sallyport.compile;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryHostPredicate;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.RouteMatch.ConnectMatcher;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.sallyport.compile.filter.Extensions;
import java.util.List;

/// What the route configurations of all proxies have in common.
final class Routes {
  /// No limit on a whole exchange: downloads may take their time. What stands still is ended by the
  /// connection manager's idle timeout.
  private static final Duration NO_LIMIT = Durations.ZERO;

  /// Only where the request has certainly not been seen by anyone: then any method may be repeated.
  private static final String UNSEEN = "connect-failure,refused-stream,reset-before-request";

  private static final int RETRIES = 2;

  /// How often another host than the one that failed is looked for.
  private static final int HOST_ATTEMPTS = 3;

  private Routes() {}

  /// Virtual hosts are matched in lower case (Envoy), without the trailing dot (the connection
  /// manager strips it), and without the port.
  static RouteConfiguration.Builder configuration(String name) {
    return RouteConfiguration.newBuilder().setName(name).setIgnorePortInHostMatching(true);
  }

  static RouteMatch.Builder anyPath() {
    return RouteMatch.newBuilder().setPrefix("/");
  }

  static RouteAction.Builder to(String cluster) {
    return RouteAction.newBuilder()
        .setCluster(cluster)
        .setTimeout(NO_LIMIT)
        .setRetryPolicy(
            RetryPolicy.newBuilder()
                .setRetryOn(UNSEEN)
                .setNumRetries(UInt32Value.of(RETRIES))
                .addRetryHostPredicate(
                    RetryHostPredicate.newBuilder()
                        .setName("envoy.retry_host_predicates.previous_hosts")
                        .setTypedConfig(
                            Extensions.any(PreviousHostsPredicate.getDefaultInstance())))
                .setHostSelectionRetryMaxAttempts(HOST_ATTEMPTS));
  }

  /// To wherever it was dialled.
  static Route allowAny() {
    return Route.newBuilder()
        .setName(Names.ALLOW_ANY)
        .setMatch(anyPath())
        .setRoute(to(Names.PASSTHROUGH_CLUSTER).clearRetryPolicy())
        .setMetadata(Grants.anyRule())
        .build();
  }

  /// CONNECT to that host and no other port of it (RFC 9110, section 9.3.6), where the connection
  /// manager leaves the port in the authority.
  static RouteMatch.Builder connect(String host, int port) {
    return connect()
        .addHeaders(
            HeaderMatcher.newBuilder()
                .setName(":authority")
                .setStringMatch(
                    StringMatcher.newBuilder().setExact(host + ":" + port).setIgnoreCase(true)));
  }

  /// CONNECT, to whichever port.
  static RouteMatch.Builder connect() {
    return RouteMatch.newBuilder().setConnectMatcher(ConnectMatcher.getDefaultInstance());
  }

  /// The routes that refuse whatever comes to them: requests with a path, and `CONNECT`, which has
  /// none. (Envoy answers 403 to `CONNECT`, as to any upgrade that its listener does not offer; but
  /// without a route it would be 404, and the log would not say who refused.)
  static List<Route> refuse(int status) {
    return List.of(refuse(anyPath(), status), refuse(connect(), status));
  }

  private static Route refuse(RouteMatch.Builder match, int status) {
    return Route.newBuilder()
        .setName(Names.BLOCK_ALL)
        .setMatch(match)
        .setDirectResponse(DirectResponseAction.newBuilder().setStatus(status))
        .setMetadata(Grants.noRule())
        .build();
  }

  /// The virtual host of all hosts that no other names.
  static VirtualHost refuseOtherHosts(int status) {
    return VirtualHost.newBuilder()
        .setName(Names.BLOCK_ALL)
        .addDomains("*")
        .addAllRoutes(refuse(status))
        .build();
  }
}
