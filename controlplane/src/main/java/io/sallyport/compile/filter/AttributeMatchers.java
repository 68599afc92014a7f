package io.sallyport.compile.filter;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.ValueMatch;
import io.sallyport.policy.ValueMatch.Account;
import io.sallyport.policy.ValueMatch.AddressRange;
import io.sallyport.policy.ValueMatch.Exact;
import io.sallyport.policy.ValueMatch.Glob;
import io.sallyport.policy.ValueMatch.PathTemplate;
import io.sallyport.policy.ValueMatch.Port;
import io.sallyport.policy.ValueMatch.Prefix;
import io.sallyport.policy.ValueMatch.Present;
import io.sallyport.policy.ValueMatch.Suffix;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One attribute compared with one value, in Envoy's words. Identities are compared with the URI
/// SAN of the verified certificate and nothing else; the only regular expression is made here, of
/// quoted text.
final class AttributeMatchers {
  private static final String SPIFFE = "spiffe://";

  /// Istio's placeholder for "this mesh", whatever its trust domain is called.
  private static final String THIS_MESH = "cluster.local/";

  private AttributeMatchers() {}

  static Principal principal(
      Attribute attribute, ValueMatch value, String trustDomain, Vantage vantage) {
    return switch (attribute) {
      case PRINCIPAL -> vantage.peer(spiffeId(value, trustDomain));
      case TRUST_DOMAIN -> vantage.peer(ofTrustDomain(value, trustDomain));
      case NAMESPACE -> vantage.peer(inNamespace(value, trustDomain));
      case SERVICE_ACCOUNT -> vantage.peer(ofAccount((Account) value, trustDomain));
      case SOURCE_IP -> vantage.source(range(value));
      case REMOTE_IP -> vantage.remote(range(value));
      case DESTINATION_IP -> Vantage.gateway(range(value));
      case HOST, METHOD, PATH, HEADER, DESTINATION_PORT, SNI ->
          throw new IllegalArgumentException(attribute + " is not of the peer");
    };
  }

  static Permission permission(Condition condition, ValueMatch value, int port, Vantage vantage) {
    return switch (condition.attribute()) {
      case HOST ->
          switch (vantage) {
            case HOP -> header(":authority", value, true);
            case WITHIN_HOP -> serverName(value);
          };
      case METHOD -> header(":method", value, false);
      case HEADER -> header(condition.key(), value, false);
      case PATH -> path(value);
      case DESTINATION_PORT -> always(((Port) value).number() == port);
      case DESTINATION_IP -> Permission.newBuilder().setDestinationIp(range(value)).build();
      case SNI -> serverName(value);
      case PRINCIPAL, TRUST_DOMAIN, NAMESPACE, SERVICE_ACCOUNT, SOURCE_IP, REMOTE_IP ->
          throw new IllegalArgumentException(condition.attribute() + " is not of the request");
    };
  }

  private static Permission serverName(ValueMatch value) {
    return Permission.newBuilder().setRequestedServerName(text(value, true)).build();
  }

  private static StringMatcher spiffeId(ValueMatch value, String trustDomain) {
    return switch (value) {
      case Exact(String text) when text.startsWith(THIS_MESH) ->
          exact(SPIFFE + trustDomain + text.substring(THIS_MESH.length() - 1));
      case Prefix(String text) when text.startsWith(THIS_MESH) ->
          prefix(SPIFFE + trustDomain + text.substring(THIS_MESH.length() - 1));
      case Exact(String text) -> exact(SPIFFE + text);
      case Prefix(String text) -> prefix(SPIFFE + text);
      case ValueMatch other -> text(other, false);
    };
  }

  /// As in principals, `cluster.local` is this mesh.
  private static StringMatcher ofTrustDomain(ValueMatch value, String trustDomain) {
    return switch (value) {
      case Exact(String text) ->
          prefix(SPIFFE + (THIS_MESH.equals(text + "/") ? trustDomain : text) + "/");
      case Present _ -> prefix(SPIFFE);
      case Glob(String glob) ->
          StringMatcher.newBuilder()
              .setSafeRegex(RegexMatcher.newBuilder().setRegex(quote(SPIFFE) + anyOf(glob) + "/.+"))
              .build();
      case ValueMatch other -> throw unexpected(other);
    };
  }

  private static StringMatcher inNamespace(ValueMatch value, String trustDomain) {
    String root = SPIFFE + trustDomain + "/ns/";
    return switch (value) {
      case Exact(String namespace) -> prefix(root + namespace + "/sa/");
      case Present _ -> prefix(root);
      case Glob(String glob) ->
          StringMatcher.newBuilder()
              .setSafeRegex(
                  RegexMatcher.newBuilder()
                      .setRegex(quote(root) + anyOf(glob) + quote("/sa/") + ".+"))
              .build();
      case ValueMatch other -> throw unexpected(other);
    };
  }

  private static String anyOf(String glob) {
    return Arrays.stream(glob.split("\\*", -1))
        .map(AttributeMatchers::quote)
        .collect(Collectors.joining("[^/]*"));
  }

  /// For RE2, which knows `\Q…\E` too, but letters, digits and these need no quoting.
  private static String quote(String text) {
    return Pattern.compile("[^a-zA-Z0-9/:_-]").matcher(text).replaceAll("\\\\$0");
  }

  private static StringMatcher ofAccount(Account account, String trustDomain) {
    return exact(SPIFFE + trustDomain + "/ns/" + account.namespace() + "/sa/" + account.name());
  }

  private static CidrRange range(ValueMatch value) {
    if (value instanceof AddressRange(String address, int length)) {
      return CidrRange.newBuilder()
          .setAddressPrefix(address)
          .setPrefixLen(UInt32Value.of(length))
          .build();
    }
    throw unexpected(value);
  }

  private static Permission header(String name, ValueMatch value, boolean ignoreCase) {
    HeaderMatcher.Builder matcher = HeaderMatcher.newBuilder().setName(name);
    if (value instanceof Present) {
      matcher.setPresentMatch(true);
    } else {
      matcher.setStringMatch(text(value, ignoreCase));
    }
    return Permission.newBuilder().setHeader(matcher).build();
  }

  private static Permission path(ValueMatch value) {
    if (value instanceof PathTemplate(String template)) {
      return Permission.newBuilder()
          .setUriTemplate(
              Extensions.extension(
                  "envoy.path.match.uri_template.uri_template_matcher",
                  UriTemplateMatchConfig.newBuilder()
                      .setPathTemplate(template.replace("{**}", "**").replace("{*}", "*"))
                      .build()))
          .build();
    }
    return Permission.newBuilder()
        .setUrlPath(PathMatcher.newBuilder().setPath(text(value, false)))
        .build();
  }

  private static Permission always(boolean matches) {
    Permission any = Permission.newBuilder().setAny(true).build();
    return matches ? any : Permission.newBuilder().setNotRule(any).build();
  }

  private static StringMatcher text(ValueMatch value, boolean ignoreCase) {
    StringMatcher.Builder matcher = StringMatcher.newBuilder().setIgnoreCase(ignoreCase);
    switch (value) {
      case Exact(String text) -> matcher.setExact(text);
      case Prefix(String text) -> matcher.setPrefix(text);
      case Suffix(String text) -> matcher.setSuffix(text);
      // one character, and then whatever follows
      case Present _ ->
          matcher.setIgnoreCase(false).setSafeRegex(RegexMatcher.newBuilder().setRegex(".+"));
      case ValueMatch other -> throw unexpected(other);
    }
    return matcher.build();
  }

  private static StringMatcher exact(String text) {
    return StringMatcher.newBuilder().setExact(text).build();
  }

  private static StringMatcher prefix(String text) {
    return StringMatcher.newBuilder().setPrefix(text).build();
  }

  /// The reader gives each attribute only the forms of value that it can have.
  private static IllegalArgumentException unexpected(ValueMatch value) {
    return new IllegalArgumentException("unexpected " + value);
  }
}
