package io.sallyport.policy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Istio's `AuthorizationPolicy` (security.istio.io, `authorization-policy`): who may do what at
/// the proxies that it selects.
///
/// @param dryRun what it would refuse is only noted (annotation `istio.io/dry-run`)
/// @param rules one that matches is enough; none: an ALLOW policy matches nothing and so denies
public record AuthorizationPolicy(
    Metadata metadata, Target target, Action action, boolean dryRun, List<Rule> rules)
    implements Resource {
  public AuthorizationPolicy {
    rules = List.copyOf(rules);
  }

  @Override
  public Kind kind() {
    return Kind.AUTHORIZATION_POLICY;
  }

  /// What a matching rule means. A matching DENY goes before everything; where any ALLOW policy
  /// selects a proxy, only what one of them matches is allowed there.
  public enum Action {
    AUDIT,
    DENY,
    ALLOW
  }

  /// Which proxies it selects: those with all these labels, or those of gateways by name; with
  /// neither, all of its namespace, or of the mesh where that is the root namespace.
  ///
  /// @param gateways `targetRefs`: gateways of its own namespace
  public record Target(Map<String, String> matchLabels, List<String> gateways) {
    public Target {
      matchLabels = Collections.unmodifiableMap(new TreeMap<>(matchLabels));
      gateways = List.copyOf(gateways);
    }
  }

  /// Matches if any of `from`, any of `to` and all of `when` do; empty lists match everything.
  public record Rule(List<AllOf> from, List<AllOf> to, List<Condition> when) {
    public Rule {
      from = List.copyOf(from);
      to = List.copyOf(to);
      when = List.copyOf(when);
    }
  }

  /// One `source` or one `operation`.
  public record AllOf(List<Condition> conditions) {
    public AllOf {
      conditions = List.copyOf(conditions);
    }
  }

  /// Holds if the attribute matches any of `values`, where there are some, and none of `notValues`.
  ///
  /// @param key of [Attribute#HEADER] the header's name, in lower case; else empty
  public record Condition(
      Attribute attribute, String key, List<ValueMatch> values, List<ValueMatch> notValues) {
    public Condition {
      values = List.copyOf(values);
      notValues = List.copyOf(notValues);
    }
  }

  /// What a condition looks at.
  public enum Attribute {
    /// The peer's SPIFFE ID without `spiffe://`.
    PRINCIPAL,
    /// The trust domain in it.
    TRUST_DOMAIN,
    /// The namespace in it.
    NAMESPACE,
    /// The service account in it.
    SERVICE_ACCOUNT,
    /// The address of the connection's other end.
    SOURCE_IP,
    /// The client's address, as trusted proxies before this one say.
    REMOTE_IP,
    /// The request's host, in lower case, without port and trailing dot.
    HOST,
    METHOD,
    /// The request's path, normalised, without the query.
    PATH,
    /// A header; several of one name are joined with commas.
    HEADER,
    /// The gateway's port as its documents name it.
    DESTINATION_PORT,
    DESTINATION_IP,
    /// The server name of the connection's TLS, in lower case.
    SNI;

    /// Whether only an HTTP request has it.
    public boolean isHttpOnly() {
      return switch (this) {
        case HOST, METHOD, PATH, HEADER -> true;
        case PRINCIPAL,
            TRUST_DOMAIN,
            NAMESPACE,
            SERVICE_ACCOUNT,
            SOURCE_IP,
            REMOTE_IP,
            DESTINATION_PORT,
            DESTINATION_IP,
            SNI ->
            false;
      };
    }
  }
}
