package io.sallyport.policy.read;

import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.RateLimit;
import java.time.Duration;
import java.util.Optional;

/// `rateLimit` of a destination.
final class RateLimitBinding {
  private static final int MOST = 1_000_000;
  private static final Duration USUAL = Duration.ofSeconds(1);

  /// Envoy fills no bucket more often.
  private static final Duration SHORTEST = Duration.ofMillis(50);

  private static final Duration LONGEST = Duration.ofHours(24);

  private RateLimitBinding() {}

  static Optional<RateLimit> bind(FieldValue field, Protocol protocol) {
    if (field.isPresent() && protocol != Protocol.HTTP) {
      field.error(
          "`rateLimit` with protocol " + protocol,
          "requests inside the application's own TLS can't be counted; leave it out, or let the"
              + " gateway start TLS with `httpsUpgrade`");
    }
    return field.map(value -> value.object(RateLimitBinding::rateLimit));
  }

  private static RateLimit rateLimit(RecordBinder limit) {
    int requests = limit.required("requests").integer("requests", 1, MOST, 1);
    return new RateLimit(
        requests,
        limit
            .optional("per")
            .map(per -> per.parse(written -> Durations.parse(written, SHORTEST, LONGEST), USUAL))
            .orElse(USUAL),
        limit.optional("burst").integer("burst", 1, MOST, requests));
  }
}
