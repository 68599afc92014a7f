package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

/// Lets a route depend on the port that the application really dialled, which no header can tell.
///
/// One chain and one route configuration then serve every port, and a policy never changes the
/// listener. With a chain for each port, Envoy would drain the chain of a port that lost its last
/// rule for ten minutes, still with its old routes, and connections that were blocked before a port
/// got its first rule would stay blocked for as long as the application keeps them.
public final class DestinationPort {
  private DestinationPort() {}

  /// Remembers the port with the connection.
  public static Filter filter(String key) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.set_filter_state")
        .setTypedConfig(
            Extensions.any(
                Config.newBuilder()
                    .addOnNewConnection(
                        FilterStateValue.newBuilder()
                            .setObjectKey(key)
                            .setFactoryKey("envoy.string")
                            .setFormatString(
                                SubstitutionFormatString.newBuilder()
                                    .setTextFormatSource(
                                        DataSource.newBuilder()
                                            .setInlineString("%DOWNSTREAM_LOCAL_PORT%"))))
                    .build()))
        .build();
  }

  /// Matches requests on connections that went to `port`.
  public static FilterStateMatcher is(String key, int port) {
    return FilterStateMatcher.newBuilder()
        .setKey(key)
        .setStringMatch(StringMatcher.newBuilder().setExact(Integer.toString(port)))
        .build();
  }
}
