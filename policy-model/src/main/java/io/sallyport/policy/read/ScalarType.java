package io.sallyport.policy.read;

import io.sallyport.policy.problem.Printable;
import java.util.regex.Pattern;

/// What a scalar is by its spelling: YAML 1.1's rules as Kubernetes applies them, where `on` is a
/// boolean. Whatever Kubernetes might take for something other than text must be quoted here too.
enum ScalarType {
  NULL,
  BOOLEAN,
  INTEGER,
  FLOAT,
  STRING;

  private static final Pattern NULLS = Pattern.compile("|~|null|Null|NULL");
  private static final Pattern BOOLEANS =
      Pattern.compile(
          "true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N");
  private static final Pattern INTEGERS =
      Pattern.compile("[-+]?(0b[01_]++|0o?[0-7_]++|0x[0-9a-fA-F_]++|[0-9][0-9_]*+)");
  private static final Pattern FLOATS =
      Pattern.compile(
          "[-+]?(\\.[0-9]++|[0-9]++(\\.[0-9]*+)?)([eE][-+]?[0-9]++)?"
              + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  static ScalarType of(String text, boolean plain) {
    if (!plain) {
      return STRING;
    } else if (NULLS.matcher(text).matches()) {
      return NULL;
    } else if (BOOLEANS.matcher(text).matches()) {
      return BOOLEAN;
    } else if (INTEGERS.matcher(text).matches()) {
      return INTEGER;
    } else if (FLOATS.matcher(text).matches()) {
      return FLOAT;
    }
    return STRING;
  }

  String describe(String text) {
    return switch (this) {
      case NULL -> "nothing";
      case BOOLEAN -> "the boolean " + Printable.quote(text);
      case INTEGER, FLOAT -> "the number " + Printable.quote(text);
      case STRING -> "the string " + Printable.quote(text);
    };
  }
}
