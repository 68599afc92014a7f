package io.sallyport.policy.read;

import io.sallyport.policy.Parsed;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Lists in which nothing may stand twice.
final class Distinct {
  private final String what;
  private final Map<Object, Position> seen = new HashMap<>();

  /// @param what the values are, in the singular
  Distinct(String what) {
    this.what = what;
  }

  /// Reports the value where it was seen before.
  <T> T check(FieldValue field, T value) {
    Position first = field.isPresent() ? seen.putIfAbsent(value, field.position()) : null;
    if (first != null) {
      field.repeats("duplicate " + what + " " + Printable.quote(value.toString()), first);
    }
    return value;
  }

  /// Hosts, one at least; two spellings of one host are one host.
  static List<String> hosts(FieldValue list, Function<String, Parsed<String>> form) {
    Distinct distinct = new Distinct("host");
    return list.list(
        Integer.MAX_VALUE,
        item -> {
          String host = item.parse(form, "");
          return host.isEmpty() ? host : distinct.check(item, host);
        });
  }
}
