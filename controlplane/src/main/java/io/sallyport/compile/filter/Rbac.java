package io.sallyport.compile.filter;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.rbac.principals.mtls_authenticated.v3.Config;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.sallyport.policy.AuthorizationPolicy.AllOf;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/// Who may use a route. The filter itself denies everything; each route brings the named policies
/// that allow it, so that a changed grant travels with the route and no listener changes.
public final class Rbac {
  public static final String NAME = "envoy.filters.http.rbac";

  /// Where Envoy leaves its decision, in dynamic metadata under [#NAME].
  static final String RESULT_KEY = "enforced_engine_result";

  static final String RESULT_ALLOWED = "allowed";
  static final String RESULT_DENIED = "denied";

  /// Where Envoy leaves the name of the policy that allowed.
  static final String POLICY_KEY = "enforced_effective_policy_id";

  /// The same of rules that are only tried.
  static final String SHADOW_RESULT_KEY = "shadow_engine_result";

  static final String SHADOW_POLICY_KEY = "shadow_effective_policy_id";

  /// The prefix of what rules say of requests that they only note.
  static final String SHADOW_PREFIX = "rule_";

  /// Stands before the name of a rule that lets pass what it would refuse. Envoy tries policies in
  /// the order of their names, and this sorts after every name: it is found only where no rule
  /// grants the request by its words, and so Envoy's counter of it counts refusals.
  static final String ON_TRIAL = "~";

  /// Rules without a policy: everyone is denied.
  static final RBAC DENY_ALL = RBAC.newBuilder().setRules(rules()).build();

  private Rbac() {}

  /// A route's own rules: what any of the grants allows. Where some grants only note which requests
  /// they would refuse, those pass, and what all grants say together is tried besides.
  public static Any perRoute(List<RouteGrant> grants) {
    RBAC.Builder filter = RBAC.newBuilder().setRules(rules(grants, false));
    if (grants.stream().anyMatch(grant -> grant.requests().shadow())) {
      filter
          .setShadowRules(rules(grants, true))
          .setShadowRulesStatPrefix(SHADOW_PREFIX)
          .setTrackPerRuleStats(true);
    }
    return Extensions.any(RBACPerRoute.newBuilder().setRbac(filter).build());
  }

  /// @param strict whether grants that only note are taken at their word
  private static io.envoyproxy.envoy.config.rbac.v3.RBAC rules(
      List<RouteGrant> grants, boolean strict) {
    io.envoyproxy.envoy.config.rbac.v3.RBAC.Builder rules = rules().toBuilder();
    for (RouteGrant grant : grants) {
      rules.putPolicies(grant.policy(), policy(grant, grant.requests().anyOf()));
      if (grant.requests().shadow() && !strict) {
        rules.putPolicies(ON_TRIAL + grant.policy(), policy(grant, List.of()));
      }
    }
    return rules.build();
  }

  private static Policy policy(RouteGrant grant, List<AllOf> requests) {
    Policy.Builder policy = Policy.newBuilder().addAllPermissions(Conditions.ofRequests(requests));
    grant
        .principals()
        .ifPresentOrElse(ids -> addPeers(policy, ids), () -> policy.addPrincipals(ANYBODY));
    return policy.build();
  }

  /// The named policies that allow, for either kind of RBAC filter.
  static io.envoyproxy.envoy.config.rbac.v3.RBAC allowRules(
      SortedMap<String, ? extends Collection<String>> principals) {
    io.envoyproxy.envoy.config.rbac.v3.RBAC.Builder rules = rules().toBuilder();
    principals.forEach((name, ids) -> rules.putPolicies(name, policy(ids)));
    return rules.build();
  }

  private static io.envoyproxy.envoy.config.rbac.v3.RBAC rules() {
    return io.envoyproxy
        .envoy
        .config
        .rbac
        .v3
        .RBAC
        .newBuilder()
        .setAction(io.envoyproxy.envoy.config.rbac.v3.RBAC.Action.ALLOW)
        .build();
  }

  private static Policy policy(Collection<String> ids) {
    Policy.Builder policy =
        Policy.newBuilder().addPermissions(Permission.newBuilder().setAny(true));
    addPeers(policy, ids);
    return policy.build();
  }

  private static void addPeers(Policy.Builder policy, Collection<String> ids) {
    if (ids.isEmpty()) {
      policy.addPrincipals(NOBODY);
    }
    ids.stream().sorted().map(Rbac::peer).forEach(policy::addPrincipals);
  }

  private static final Principal ANYBODY = Principal.newBuilder().setAny(true).build();

  /// A policy needs a principal, so nobody is: whoever is not anybody.
  private static final Principal NOBODY = Principal.newBuilder().setNotId(ANYBODY).build();

  /// The peer whose certificate has this URI SAN. `authenticated.principal_name` is no choice: it
  /// falls back to DNS names and the subject, which do not name a workload.
  private static Principal peer(String id) {
    return peer(StringMatcher.newBuilder().setExact(id).build());
  }

  /// As [#peer(String)], for any URI SAN that matches.
  static Principal peer(StringMatcher id) {
    return Principal.newBuilder()
        .setCustom(
            Extensions.extension(
                "envoy.rbac.principals.mtls_authenticated",
                Config.newBuilder()
                    .setSanMatcher(
                        SubjectAltNameMatcher.newBuilder().setSanType(SanType.URI).setMatcher(id))
                    .build()))
        .build();
  }
}
