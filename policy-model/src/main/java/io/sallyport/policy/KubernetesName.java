package io.sallyport.policy;

import io.sallyport.policy.problem.Printable;
import java.util.Locale;
import java.util.regex.Pattern;

/// The forms of names, as Kubernetes checks them. Names become parts of SPIFFE IDs and of Envoy's
/// resource names, so nothing with `/`, `~`, `|`, `#`, a space or a control character may pass.
public final class KubernetesName {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  private static final Pattern DNS_LABEL = Pattern.compile(LABEL);
  private static final Pattern DNS_SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9][-._a-z0-9]*");
  private static final Pattern LABEL_NAME =
      Pattern.compile("[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?");
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_TRUST_DOMAIN = 255;

  private KubernetesName() {}

  /// The name of a namespace or a port: an RFC 1123 label.
  public static Parsed<String> dnsLabel(String written) {
    return check(
        written,
        LONGEST_LABEL,
        DNS_LABEL,
        "lower-case letters, digits and `-`, at most 63, with a letter or digit at both ends");
  }

  /// The name of most resources: an RFC 1123 subdomain.
  public static Parsed<String> dnsSubdomain(String written) {
    return check(
        written,
        LONGEST_NAME,
        DNS_SUBDOMAIN,
        "lower-case letters, digits, `-` and `.`, at most 253, with a letter or digit at both"
            + " ends");
  }

  /// A SPIFFE trust domain (SPIFFE-ID, 2.1).
  public static Parsed<String> trustDomain(String written) {
    return check(
        written,
        LONGEST_TRUST_DOMAIN,
        TRUST_DOMAIN,
        "lower-case letters, digits, `-`, `_` and `.`, at most 255");
  }

  /// The key of a label or an annotation: a name, or `prefix/name`.
  public static Parsed<String> qualifiedName(String written) {
    int slash = written.indexOf('/');
    String name = written.substring(slash + 1);
    boolean prefixed =
        slash < 0 || matches(written.substring(0, slash), LONGEST_NAME, DNS_SUBDOMAIN);
    return prefixed && matches(name, LONGEST_LABEL, LABEL_NAME)
        ? Parsed.valid(written)
        : Parsed.invalid(
            Printable.quote(written) + " is not a valid key",
            "expected a name of letters, digits, `-`, `_` and `.`, at most 63, after an optional"
                + " DNS name and `/`");
  }

  /// The value of a label; it may be empty.
  public static Parsed<String> labelValue(String written) {
    return written.isEmpty()
        ? Parsed.valid(written)
        : check(
            written,
            LONGEST_LABEL,
            LABEL_NAME,
            "letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit at both ends");
  }

  private static Parsed<String> check(String written, int longest, Pattern form, String expected) {
    if (matches(written, longest, form)) {
      return Parsed.valid(written);
    }
    String lower = written.toLowerCase(Locale.ROOT);
    return Parsed.invalid(
        Printable.quote(written) + " is not a valid name",
        matches(lower, longest, form) ? "write `" + lower + "`" : "expected " + expected);
  }

  private static boolean matches(String written, int longest, Pattern form) {
    return written.length() <= longest && form.matcher(written).matches();
  }
}
