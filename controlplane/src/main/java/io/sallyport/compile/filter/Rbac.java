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
import java.util.Collection;
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

  /// Rules without a policy: everyone is denied.
  static final RBAC DENY_ALL = RBAC.newBuilder().setRules(rules()).build();

  private Rbac() {}

  /// A route's own rules.
  ///
  /// @param principals by the name of the policy: the SPIFFE IDs that it allows, possibly none
  public static Any allow(SortedMap<String, ? extends Collection<String>> principals) {
    return Extensions.any(
        RBACPerRoute.newBuilder()
            .setRbac(RBAC.newBuilder().setRules(allowRules(principals)))
            .build());
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
    if (ids.isEmpty()) {
      return policy.addPrincipals(NOBODY).build();
    }
    ids.stream().sorted().map(Rbac::peer).forEach(policy::addPrincipals);
    return policy.build();
  }

  /// A policy needs a principal, so nobody is: whoever is not anybody.
  private static final Principal NOBODY =
      Principal.newBuilder().setNotId(Principal.newBuilder().setAny(true)).build();

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
