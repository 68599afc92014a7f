package io.sallyport.policy;

import com.google.common.net.InternetDomainName;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.problem.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Hosts written `*.example.com`: every name with one or more labels below `example.com`, never
/// `example.com` itself. What stands below a public suffix belongs to anybody who registers there,
/// and so nobody can grant it (Mozilla's public suffix list, publicsuffix.org, as Guava has it).
public final class WildcardHost {
  private static final String PREFIX = "*.";

  private WildcardHost() {}

  /// A DNS name or a wildcard, in the form of [HostName#parse].
  public static Parsed<String> parseOrName(String written) {
    if (!written.startsWith(PREFIX)) {
      return HostName.parse(written);
    }
    if (written.indexOf('*', 1) >= 0) {
      return Parsed.invalid("host " + Printable.quote(written) + " has more than one `*`");
    }
    return switch (HostName.parse(written.substring(PREFIX.length()))) {
      case Parsed.Valid<String>(String domain) -> below(domain);
      case Parsed.Invalid<String> invalid -> invalid;
    };
  }

  private static Parsed<String> below(String domain) {
    String wildcard = PREFIX + domain;
    if (domain.indexOf('.') < 0) {
      return tooWide(wildcard, "has a single label after `*.`");
    }
    return isPublicSuffix(domain) || isPublicSuffix("a." + domain)
        ? tooWide(wildcard, "stands for names that anybody may register")
        : Parsed.valid(wildcard);
  }

  /// Also of `a.DOMAIN`, since the list holds `*.DOMAIN` where each name below is a suffix.
  private static boolean isPublicSuffix(String name) {
    return InternetDomainName.isValid(name) && InternetDomainName.from(name).isPublicSuffix();
  }

  private static Parsed<String> tooWide(String wildcard, String why) {
    return Parsed.invalid(
        "host " + Printable.quote(wildcard) + " " + why,
        "write `*.` and a domain that one party owns, or name the hosts one by one");
  }

  /// Whether a host that was read is a wildcard.
  public static boolean isWildcard(String host) {
    return host.startsWith(PREFIX);
  }

  /// The domain that a wildcard is below.
  public static String domain(String wildcard) {
    return wildcard.substring(PREFIX.length());
  }

  /// Whether every name that `host` stands for, which may be a wildcard itself, is one of the
  /// wildcard's; a wildcard covers itself.
  public static boolean covers(String wildcard, String host) {
    return isWildcard(wildcard)
        && (host.endsWith(wildcard.substring(1)) && host.length() > wildcard.length() - 1);
  }

  /// The other wildcards that cover a host, whether or not anybody wrote them; the longest first.
  public static List<String> around(String host) {
    List<String> around = new ArrayList<>();
    String rest = isWildcard(host) ? domain(host) : host;
    for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.', dot + 1)) {
      around.add("*" + rest.substring(dot));
    }
    return around;
  }

  /// How many of a wildcard's names something holds for.
  public enum Share {
    NONE,
    SOME,
    ALL
  }

  /// How many of a wildcard's names match a value that hosts are compared with.
  public static Share matching(String wildcard, ValueMatch value) {
    String end = wildcard.substring(1);
    return switch (value) {
      case ValueMatch.Exact(String text) -> covers(wildcard, text) ? Share.SOME : Share.NONE;
      case ValueMatch.Suffix(String text) ->
          end.endsWith(text) ? Share.ALL : text.endsWith(end) ? Share.SOME : Share.NONE;
      case ValueMatch.Prefix _ -> Share.SOME;
      case ValueMatch.Present _ -> Share.ALL;
      case ValueMatch.Glob _,
          ValueMatch.PathTemplate _,
          ValueMatch.AddressRange _,
          ValueMatch.Port _,
          ValueMatch.Account _ ->
          throw new IllegalArgumentException("a host compared with " + value);
    };
  }

  /// For how many of a wildcard's names a condition on the host holds, as far as can be told from
  /// each value by itself.
  public static Share holding(String wildcard, Condition condition) {
    Share any = condition.values().isEmpty() ? Share.ALL : most(wildcard, condition.values());
    return switch (most(wildcard, condition.notValues())) {
      case NONE -> any;
      case SOME -> any == Share.ALL ? Share.SOME : any;
      case ALL -> Share.NONE;
    };
  }

  private static Share most(String wildcard, List<ValueMatch> values) {
    return values.stream()
        .map(value -> matching(wildcard, value))
        .max(Comparator.naturalOrder())
        .orElse(Share.NONE);
  }
}
