package io.sallyport.compile;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;

/// Where a resource gets the parts that travel on their own: always the one ADS stream.
final class Ads {
  /// For endpoints and secrets. What still misses them after this time goes on without: a cluster
  /// is then empty (503), a TLS socket refuses; so a lost answer can't hold up everything else.
  private static final Duration INITIAL_FETCH = Durations.fromSeconds(15);

  /// For routes: no limit. A listener without routes would answer 404; one that waits for them lets
  /// its predecessor serve, or is not there yet.
  private static final Duration UNTIL_THEY_COME = Durations.ZERO;

  private Ads() {}

  static ConfigSource endpoints() {
    return source(INITIAL_FETCH);
  }

  static ConfigSource routes() {
    return source(UNTIL_THEY_COME);
  }

  static SdsSecretConfig secret(String name) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(source(INITIAL_FETCH)).build();
  }

  private static ConfigSource source(Duration initialFetchTimeout) {
    return ConfigSource.newBuilder()
        .setAds(AggregatedConfigSource.getDefaultInstance())
        .setInitialFetchTimeout(initialFetchTimeout)
        .setResourceApiVersion(ApiVersion.V3)
        .build();
  }
}
