package io.sallyport.policy.read;

import io.sallyport.policy.Parsed;
import io.sallyport.policy.problem.Printable;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Kubernetes resources write them: `60s`, `1h30m` (Gateway API, GEP-2257).
final class Durations {
  private static final Pattern FORM =
      Pattern.compile(
          "(?=.)(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,5})s)?(?:([0-9]{1,5})ms)?");

  private Durations() {}

  static Parsed<Duration> parse(String written, Duration least, Duration most) {
    Matcher matcher = FORM.matcher(written);
    if (!matcher.matches()) {
      return Parsed.invalid(
          Printable.quote(written) + " is not a duration",
          "write hours, minutes, seconds and milliseconds such as `1h30m`, `60s` or `250ms`");
    }
    Duration duration =
        Duration.ofHours(number(matcher, 1))
            .plusMinutes(number(matcher, 2))
            .plusSeconds(number(matcher, 3))
            .plusMillis(number(matcher, 4));
    return duration.compareTo(least) < 0 || duration.compareTo(most) > 0
        ? Parsed.invalid(
            "duration " + Printable.quote(written) + " is out of range",
            "expected " + format(least) + " to " + format(most))
        : Parsed.valid(duration);
  }

  private static long number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private static String format(Duration duration) {
    return duration.toMillis() < 1000
        ? duration.toMillis() + "ms"
        : duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
