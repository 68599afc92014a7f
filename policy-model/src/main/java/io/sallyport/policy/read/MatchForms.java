package io.sallyport.policy.read;

import io.sallyport.policy.HostName;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.ValueMatch;
import io.sallyport.policy.ValueMatch.Exact;
import io.sallyport.policy.ValueMatch.Prefix;
import io.sallyport.policy.ValueMatch.Present;
import io.sallyport.policy.ValueMatch.Suffix;
import io.sallyport.policy.problem.Printable;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// The forms of values in an `AuthorizationPolicy`: `a`, `a*`, `*a` or `*`, of what the attribute
/// can be once Envoy has brought it to its one form.
final class MatchForms {
  private static final Pattern METHOD = Pattern.compile("[!#$%&'+.^_`|~0-9A-Za-z-]*");
  private static final Pattern PRINCIPAL = Pattern.compile("[a-zA-Z0-9._/-]*");
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._*-]{1,255}");
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9*-]+");
  private static final Pattern NOT_NORMAL =
      Pattern.compile("//|/\\.\\.?(/|$)|%2[fF]|%5[cC]|%2[eE]|\\\\|[?#;]|[^\\x21-\\x7e]");
  private static final Pattern TEMPLATE =
      Pattern.compile("(/(\\{\\*}|[a-zA-Z0-9._~%!$&'()+,;:@=-]*))*(/\\{\\*\\*})?");
  private static final int LONGEST_PORT = 5;
  private static final int LONGEST_NAMESPACE = 63;

  private MatchForms() {}

  /// Any text.
  static Parsed<ValueMatch> text(String written) {
    String inner = written;
    boolean suffix = inner.startsWith("*");
    if (suffix) {
      inner = inner.substring(1);
    }
    boolean prefix = inner.endsWith("*");
    if (prefix) {
      inner = inner.substring(0, inner.length() - 1);
    }
    if (written.isEmpty()) {
      return Parsed.invalid("the value is empty", "write `*` for any value");
    } else if (inner.isEmpty() && suffix && !prefix) {
      return Parsed.valid(new Present());
    } else if (inner.contains("*") || (suffix && prefix)) {
      return Parsed.invalid(
          Printable.quote(written) + " has a `*` that is not alone at one end",
          "write `text`, `text*`, `*text` or `*`");
    }
    return Parsed.valid(suffix ? new Suffix(inner) : prefix ? new Prefix(inner) : new Exact(inner));
  }

  /// As [#text], its text after `check`, which may bring it to another form.
  private static Parsed<ValueMatch> text(String written, UnaryOperator<Parsed<String>> check) {
    return switch (text(written)) {
      case Parsed.Valid<ValueMatch>(Exact(String text)) ->
          map(check.apply(Parsed.valid(text)), Exact::new);
      case Parsed.Valid<ValueMatch>(Prefix(String text)) ->
          map(check.apply(Parsed.valid(text)), Prefix::new);
      case Parsed.Valid<ValueMatch>(Suffix(String text)) ->
          map(check.apply(Parsed.valid(text)), Suffix::new);
      case Parsed<ValueMatch> other -> other;
    };
  }

  private static <T> Parsed<ValueMatch> map(
      Parsed<T> parsed, java.util.function.Function<T, ValueMatch> to) {
    return switch (parsed) {
      case Parsed.Valid<T>(T value) -> Parsed.valid(to.apply(value));
      case Parsed.Invalid<T>(String message, String help) -> Parsed.invalid(message, help);
    };
  }

  /// A host without its port, as routes compare it.
  static Parsed<ValueMatch> host(String written) {
    return switch (text(written)) {
      case Parsed.Valid<ValueMatch>(Exact(String text)) ->
          map(HostName.parseOrIp(text), Exact::new);
      case Parsed.Valid<ValueMatch>(Suffix(String text)) ->
          map(HostName.parse("x" + text), host -> new Suffix(host.substring(1)));
      case Parsed.Valid<ValueMatch>(Prefix(String text)) ->
          text.indexOf(':') >= 0
              ? Parsed.invalid(
                  Printable.quote(written) + " has a port", "hosts are compared without their port")
              : map(
                  HostName.parse(text + "x"),
                  host -> new Prefix(host.substring(0, host.length() - 1)));
      case Parsed<ValueMatch> other -> other;
    };
  }

  /// A server name of TLS, which Envoy writes in lower case; the mesh's own have underscores.
  static Parsed<ValueMatch> serverName(String written) {
    return text(written.toLowerCase(Locale.ROOT));
  }

  /// A method; they are compared exactly (RFC 9110, section 9.1).
  static Parsed<ValueMatch> method(String written) {
    return text(
        written,
        text -> {
          String method = ((Parsed.Valid<String>) text).value();
          if (!METHOD.matcher(method).matches()) {
            return Parsed.invalid(Printable.quote(method) + " is not a method");
          }
          String upper = method.toUpperCase(Locale.ROOT);
          return upper.equals(method)
              ? text
              : Parsed.invalid(
                  Printable.quote(method) + " is not an upper-case method",
                  "methods are compared exactly; write `" + upper + "`");
        });
  }

  /// A path as it is after normalisation, without the query. (A template with an empty segment is
  /// worse than one that never matches: Envoy 1.40 aborts on it.)
  static Parsed<ValueMatch> path(String written) {
    if (NOT_NORMAL.matcher(written).find()) {
      return Parsed.invalid(
          Printable.quote(written) + " never matches",
          "paths are compared without query, normalised and with unescaped slashes");
    }
    if (written.contains("{") || written.contains("}")) {
      return TEMPLATE.matcher(written).matches()
          ? Parsed.valid(new ValueMatch.PathTemplate(written))
          : Parsed.invalid(
              Printable.quote(written) + " is not a path template",
              "segments are text or `{*}`; `{**}` stands last; no other `*`");
    }
    return switch (text(written)) {
      case Parsed.Valid<ValueMatch>(Exact(String path)) when !path.startsWith("/") -> noSlash(path);
      case Parsed.Valid<ValueMatch>(Prefix(String path)) when !path.startsWith("/") ->
          noSlash(path);
      case Parsed<ValueMatch> other -> other;
    };
  }

  private static Parsed<ValueMatch> noSlash(String path) {
    return Parsed.invalid(
        Printable.quote(path) + " never matches", "paths begin with `/`: write `/" + path + "`");
  }

  /// A SPIFFE ID without its scheme.
  static Parsed<ValueMatch> principal(String written) {
    return text(
        written,
        text -> {
          String principal = ((Parsed.Valid<String>) text).value();
          return PRINCIPAL.matcher(principal).matches()
              ? text
              : Parsed.invalid(
                  Printable.quote(principal) + " is not a principal",
                  "expected TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT, without `spiffe://`");
        });
  }

  /// A trust domain (SPIFFE ID, section 2.1), with `*` anywhere.
  static Parsed<ValueMatch> trustDomain(String written) {
    if (!written.contains("*")) {
      return map(KubernetesName.trustDomain(written), Exact::new);
    }
    return TRUST_DOMAIN.matcher(written).matches()
        ? Parsed.valid(written.equals("*") ? new Present() : new ValueMatch.Glob(written))
        : Parsed.invalid(Printable.quote(written) + " is not the name of a trust domain");
  }

  static Parsed<ValueMatch> namespace(String written) {
    if (!NAMESPACE.matcher(written).matches() || written.length() > LONGEST_NAMESPACE) {
      return Parsed.invalid(Printable.quote(written) + " is not the name of a namespace");
    }
    return written.contains("*")
        ? Parsed.valid(written.equals("*") ? new Present() : new ValueMatch.Glob(written))
        : map(KubernetesName.dnsLabel(written), Exact::new);
  }

  /// `NAMESPACE/NAME`, or `NAME` in the policy's own namespace.
  static Parsed<ValueMatch> account(String written, String ownNamespace) {
    int slash = written.indexOf('/');
    String namespace = slash < 0 ? ownNamespace : written.substring(0, slash);
    return switch (KubernetesName.dnsLabel(namespace)) {
      case Parsed.Invalid<String>(String message, String help) -> Parsed.invalid(message, help);
      case Parsed.Valid<String> _ ->
          map(
              KubernetesName.dnsSubdomain(written.substring(slash + 1)),
              name -> new ValueMatch.Account(namespace, name));
    };
  }

  /// An address or a CIDR block.
  static Parsed<ValueMatch> addresses(String written) {
    int slash = written.indexOf('/');
    String address = slash < 0 ? written : written.substring(0, slash);
    return switch (IpLiteral.parse(address)) {
      case Parsed.Invalid<String>(String message, String help) -> Parsed.invalid(message, help);
      case Parsed.Valid<String>(String ip) -> {
        int bits = ip.indexOf(':') < 0 ? 32 : 128;
        int length = slash < 0 ? bits : number(written.substring(slash + 1));
        yield length < 0 || length > bits
            ? Parsed.invalid(
                Printable.quote(written) + " is not a CIDR block",
                "expected ADDRESS/LENGTH with a length from 0 to " + bits)
            : Parsed.valid(new ValueMatch.AddressRange(ip, length));
      }
    };
  }

  static Parsed<ValueMatch> port(String written) {
    int port = number(written);
    return port < 1 || port > 65535
        ? Parsed.invalid(
            Printable.quote(written) + " is not a port", "expected a number from 1 to 65535")
        : Parsed.valid(new ValueMatch.Port(port));
  }

  /// A plain decimal number; -1 if it is none.
  private static int number(String text) {
    boolean plain =
        !text.isEmpty()
            && text.length() <= LONGEST_PORT
            && text.chars().allMatch(c -> c >= '0' && c <= '9')
            && (text.length() == 1 || text.charAt(0) != '0');
    return plain ? Integer.parseInt(text) : -1;
  }
}
