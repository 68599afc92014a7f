package io.sallyport.compile;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;

/// What the route configurations of all proxies have in common.
final class Routes {
  /// No limit on a whole exchange: downloads may take their time. What stands still is ended by the
  /// connection manager's idle timeout.
  private static final Duration NO_LIMIT = Durations.ZERO;

  /// Only where the request has certainly not been seen by anyone: then any method may be repeated.
  private static final String UNSEEN = "connect-failure,refused-stream,reset-before-request";

  private static final int RETRIES = 2;

  private Routes() {}

  /// Virtual hosts are matched in lower case (Envoy), without the port and the trailing dot (the
  /// connection manager strips them); the port once more here, should that setting ever be lost.
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
            RetryPolicy.newBuilder().setRetryOn(UNSEEN).setNumRetries(UInt32Value.of(RETRIES)));
  }

  /// The route that refuses whatever comes to it.
  static Route refuse(int status) {
    return Route.newBuilder()
        .setName(Names.BLOCK_ALL)
        .setMatch(anyPath())
        .setDirectResponse(DirectResponseAction.newBuilder().setStatus(status))
        .setMetadata(Grants.noRule())
        .build();
  }

  /// The virtual host of all hosts that no other names.
  static VirtualHost refuseOtherHosts(int status) {
    return VirtualHost.newBuilder()
        .setName(Names.BLOCK_ALL)
        .addDomains("*")
        .addRoutes(refuse(status))
        .build();
  }
}
