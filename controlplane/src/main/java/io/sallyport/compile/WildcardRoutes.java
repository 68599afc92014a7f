package io.sallyport.compile;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.policy.WildcardHost;

/// What routes to hosts below a wildcard need besides.
final class WildcardRoutes {
  /// Labels as DNS has them, one or more. Envoy's own comparison takes any text before the domain.
  private static final String LABELS = "([a-z0-9_][a-z0-9_-]*\\.)+";

  private static final String PORT = "(:[0-9]{1,5})?";

  private WildcardRoutes() {}

  /// Whether the outside server is to hear the port: where it is not the scheme's.
  static boolean needsPort(ExternalRoute route) {
    String host = route.host();
    return !Authorities.of(host, route.port(), route.tls().isPresent()).equals(host);
  }

  /// Where the host is a wildcard, only what is a host name below it; any case, since the router
  /// ignores it, too.
  static RouteMatch.Builder narrow(RouteMatch.Builder match, String host) {
    return narrow(match, host, "");
  }

  /// The same where the connection manager leaves a port in the authority.
  static RouteMatch.Builder narrowWithPort(RouteMatch.Builder match, String host) {
    return narrow(match, host, PORT);
  }

  private static RouteMatch.Builder narrow(RouteMatch.Builder match, String host, String after) {
    if (!WildcardHost.isWildcard(host)) {
      return match;
    }
    return match.addHeaders(
        HeaderMatcher.newBuilder()
            .setName(":authority")
            .setStringMatch(
                StringMatcher.newBuilder()
                    .setSafeRegex(
                        RegexMatcher.newBuilder()
                            .setRegex(
                                "(?i)"
                                    + LABELS
                                    + WildcardHost.domain(host).replace(".", "\\.")
                                    + after))));
  }
}
