package io.sallyport.policy;

import io.sallyport.policy.problem.Printable;
import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/// Names of outside hosts as users write them, brought to the one form that everything after
/// compares: lower-case A-labels without a trailing dot (RFC 1123, RFC 5890).
public final class HostName {
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 253;
  private static final Pattern PORT = Pattern.compile(":[0-9]*$");

  /// ß, ς, ZWJ and ZWNJ: IDNA 2003 and IDNA 2008 make different hosts of them (RFC 5894, 7.2).
  private static final Pattern DEVIATIONS = Pattern.compile("[\u00df\u1e9e\u03c2\u200c\u200d]");

  private HostName() {}

  /// A DNS name or an IP address.
  public static Parsed<String> parseOrIp(String written) {
    return isIpLike(written) ? ip(written) : parse(written);
  }

  /// A DNS name; not an IP address, not a wildcard.
  public static Parsed<String> parse(String written) {
    if (written.length() > LONGEST_NAME + 1) {
      return invalid(written, "is longer than " + LONGEST_NAME + " characters", "");
    }
    return shape(written) instanceof Parsed.Invalid<String> invalid ? invalid : name(written);
  }

  private static Parsed<String> shape(String written) {
    int scheme = written.indexOf("://");
    if (written.isEmpty()) {
      return Parsed.invalid("the host is empty");
    } else if (scheme >= 0) {
      return invalid(written, "has a scheme", writeInstead(written.substring(scheme + 3)));
    } else if (written.codePoints().anyMatch(HostName::isSpace)) {
      return invalid(written, "has a space", writeInstead(written.strip()));
    } else if (!Printable.text(written).equals(written)) {
      return invalid(written, "has a character that can't be seen", "");
    } else if (written.indexOf('/') >= 0) {
      return invalid(written, "has a path", writeInstead(written));
    } else if (written.indexOf('@') >= 0) {
      return invalid(written, "has a user name", writeInstead(written));
    } else if (written.equals("*")) {
      return invalid(written, "would mean every host", "name the hosts one by one");
    } else if (written.startsWith("*.")) {
      return invalid(
          written,
          "is a wildcard",
          "wildcards stand only in `hosts` of the kind EgressTrafficPolicy (mesh.sallyport.io/v1)");
    } else if (written.indexOf('*') >= 0) {
      return invalid(written, "has a `*` within a name", "");
    } else if (isIpLike(written)) {
      return ip(written) instanceof Parsed.Invalid<String> invalid
          ? invalid
          : invalid(
              written,
              "is an IP address",
              "expected a DNS name; IP addresses stand only in destinations of protocol TCP");
    } else if (PORT.matcher(written).find()) {
      return invalid(
          written, "has a port", "the port stands in a field of its own; " + writeInstead(written));
    }
    return Parsed.valid(written);
  }

  private static Parsed<String> name(String written) {
    if (DEVIATIONS.matcher(written).find()) {
      return invalid(
          written,
          "has a letter that IDNA 2003 and 2008 read differently",
          "write its A-label (xn--…)");
    }
    String ascii;
    try {
      // full-width dots are dots, too; empty labels are found before, IDN is not sure about them
      String dotted = written.replaceAll("[\u3002\uff0e\uff61]", ".");
      String relative = dotted.endsWith(".") ? dotted.substring(0, dotted.length() - 1) : dotted;
      for (String label : relative.split("\\.", -1)) {
        if (label.isEmpty()) {
          return invalid(written, "has an empty label", "");
        } else if (label.length() > LONGEST_LABEL) {
          return invalid(written, "has a label longer than " + LONGEST_LABEL + " characters", "");
        }
      }
      ascii = IDN.toASCII(relative, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException _) {
      return invalid(
          written, "is not a DNS name", "labels are letters, digits and `-`, 63 at most");
    }
    if (ascii.length() > LONGEST_NAME) {
      return invalid(written, "is longer than " + LONGEST_NAME + " characters", "");
    }
    // "127.0.0.1." and "１２７.0.0.1" become addresses only now
    return IpLiteral.looksLikeIpv4(ascii)
        ? invalid(written, "is not a DNS name", "its last label is a number")
        : Parsed.valid(ascii);
  }

  private static Parsed<String> ip(String written) {
    if (written.startsWith("[") && written.endsWith("]")) {
      return invalid(written, "has brackets", writeInstead(written));
    }
    return IpLiteral.parse(written);
  }

  private static boolean isIpLike(String written) {
    return written.indexOf('/') < 0
        && (IpLiteral.looksLikeIpv4(written)
            || written.startsWith("[")
            || written.indexOf(':') != written.lastIndexOf(':'));
  }

  private static boolean isSpace(int codePoint) {
    return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
  }

  /// What is left of a URL when only its host stays.
  private static String writeInstead(String url) {
    String authority = url.split("[/?#]", 2)[0];
    String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
    String host =
        hostAndPort.startsWith("[")
            ? hostAndPort.replaceAll("^\\[|\\].*$", "")
            : PORT.matcher(hostAndPort).replaceFirst("");
    return host.isEmpty() || host.codePoints().anyMatch(HostName::isSpace)
        ? "write the host's name alone"
        : "write " + Printable.quote(host);
  }

  private static Parsed<String> invalid(String written, String what, String help) {
    return Parsed.invalid("host " + Printable.quote(written) + " " + what, help);
  }
}
