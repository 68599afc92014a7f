package io.sallyport.compile.filter;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.MetaData;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey.PathSegment;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import io.sallyport.policy.RateLimit;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// How many requests each rule lets through for each workload. The filter itself is off; a route
/// configuration whose rules have limits brings them and turns it on, so that a changed limit
/// drains no listener.
///
/// A request is counted on the rule that let it through, which RBAC has noted before, and at a
/// gateway besides on the URI SAN of the client's verified certificate. No header has a part in it.
public final class RateLimits {
  public static final String NAME = "envoy.filters.http.local_ratelimit";

  /// What Envoy says of a request that found its bucket empty.
  static final String DETAILS = "local_rate_limited";

  /// The filter without any bucket.
  static final LocalRateLimit NONE =
      LocalRateLimit.newBuilder().setStatPrefix("rate_limit").build();

  private static final String RULE = "rule";
  private static final String WORKLOAD = "workload";
  private static final String PEER = "connection.uri_san_peer_certificate";

  /// For requests that no limit is about; Envoy demands a bucket for them too.
  private static final TokenBucket ENDLESS =
      TokenBucket.newBuilder()
          .setMaxTokens(-1) // unsigned: the most that there can be
          .setTokensPerFill(UInt32Value.of(-1))
          .setFillInterval(Durations.fromSeconds(1))
          .build();

  private static final RuntimeFractionalPercent ALWAYS =
      RuntimeFractionalPercent.newBuilder()
          .setDefaultValue(
              FractionalPercent.newBuilder()
                  .setNumerator(100)
                  .setDenominator(DenominatorType.HUNDRED))
          .build();

  private RateLimits() {}

  /// At a sidecar, which has one workload.
  ///
  /// @return empty where no grant has a limit
  public static Optional<Any> ofRules(List<RouteGrant> grants) {
    return perRoute(grants, List.of(rule()));
  }

  /// At a gateway: a bucket for each workload of a rule.
  ///
  /// @return empty where no grant has a limit
  public static Optional<Any> ofWorkloads(List<RouteGrant> grants) {
    return perRoute(grants, List.of(rule(), workload()));
  }

  private static Optional<Any> perRoute(List<RouteGrant> grants, List<Action> actions) {
    // a rule with several hosts has one bucket for all
    TreeMap<String, RouteGrant> limited = new TreeMap<>();
    for (RouteGrant grant : grants) {
      if (grant.requests().limit().isPresent()) {
        limited.put(grant.policy(), grant);
      }
    }
    if (limited.isEmpty()) {
      return Optional.empty();
    }
    LocalRateLimit.Builder filter =
        NONE.toBuilder()
            .setFilterEnabled(ALWAYS)
            .setFilterEnforced(ALWAYS)
            .setTokenBucket(ENDLESS)
            .setRateLimitedAsResourceExhausted(true)
            .addRateLimits(
                io.envoyproxy.envoy.config.route.v3.RateLimit.newBuilder().addAllActions(actions));
    limited.values().forEach(grant -> addBuckets(filter, grant));
    return Optional.of(Extensions.any(filter.build()));
  }

  private static void addBuckets(LocalRateLimit.Builder filter, RouteGrant grant) {
    LocalRateLimitDescriptor ofRule =
        LocalRateLimitDescriptor.newBuilder()
            .addEntries(entry(RULE, grant.policy()))
            .setTokenBucket(bucket(grant.requests().limit().orElseThrow()))
            .build();
    grant
        .principals()
        .ifPresentOrElse(
            ids ->
                ids.stream()
                    .sorted()
                    .forEach(id ->
                        filter.addDescriptors(ofRule.toBuilder().addEntries(entry(WORKLOAD, id)))),
            () -> filter.addDescriptors(ofRule));
  }

  private static Entry entry(String key, String value) {
    return Entry.newBuilder().setKey(key).setValue(value).build();
  }

  private static TokenBucket bucket(RateLimit limit) {
    return TokenBucket.newBuilder()
        .setMaxTokens(limit.burst())
        .setTokensPerFill(UInt32Value.of(limit.requests()))
        .setFillInterval(
            Duration.newBuilder()
                .setSeconds(limit.per().toSeconds())
                .setNanos(limit.per().getNano()))
        .build();
  }

  private static Action rule() {
    return Action.newBuilder()
        .setMetadata(
            MetaData.newBuilder()
                .setDescriptorKey(RULE)
                .setSource(MetaData.Source.DYNAMIC)
                .setMetadataKey(
                    MetadataKey.newBuilder()
                        .setKey(Rbac.NAME)
                        .addPath(PathSegment.newBuilder().setKey(Rbac.POLICY_KEY))))
        .build();
  }

  private static Action workload() {
    return Action.newBuilder()
        .setExtension(
            Extensions.extension(
                "envoy.rate_limit_descriptors.expr",
                Descriptor.newBuilder().setDescriptorKey(WORKLOAD).setText(PEER).build()))
        .build();
  }
}
