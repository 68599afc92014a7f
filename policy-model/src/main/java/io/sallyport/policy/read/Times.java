package io.sallyport.policy.read;

import io.sallyport.policy.Parsed;
import io.sallyport.policy.problem.Printable;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/// Points in time as users write them (RFC 3339).
final class Times {
  private Times() {}

  static Parsed<Instant> instant(String written) {
    try {
      return Parsed.valid(OffsetDateTime.parse(written).toInstant());
    } catch (DateTimeParseException _) {
      return Parsed.invalid(
          Printable.quote(written) + " is not a time", "write it as `2026-01-31T08:00:00Z`");
    }
  }
}
