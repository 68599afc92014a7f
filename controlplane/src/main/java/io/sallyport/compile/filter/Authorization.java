package io.sallyport.compile.filter;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.sallyport.compile.Names;
import io.sallyport.mesh.ScopeView.AppliedPolicy;
import io.sallyport.policy.AuthorizationPolicy.Action;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Origin;
import io.sallyport.policy.WildcardHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Istio's authorization policies at a gateway: the rules of three RBAC filters, AUDIT, then DENY,
/// then ALLOW, before the one that knows the grants.
public final class Authorization {
  private static final String DRY_RUN = "dry_run_";

  private Authorization() {}

  /// The filter of one action.
  static String filterName(Action action) {
    return "sallyport.authorization." + lower(action);
  }

  /// What the filter of an action puts before the keys that every RBAC filter leaves.
  static String prefix(Action action) {
    return lower(action) + "_";
  }

  /// As [#prefix], of policies that are only tried.
  static String dryRunPrefix(Action action) {
    return DRY_RUN + prefix(action);
  }

  private static String lower(Action action) {
    return action.name().toLowerCase(Locale.ROOT);
  }

  /// The ALLOW policies one of which has to match, as text for logs.
  public static String allowPolicies(List<AppliedPolicy> policies) {
    return policies.stream()
        .filter(policy -> policy.action() == Action.ALLOW && !policy.dryRun())
        .map(policy -> policy.key().qualifiedName())
        .collect(Collectors.joining(", "));
  }

  /// For a port for HTTP: the rules of each filter that has any, by its name. The filters
  /// themselves have none; the port's route configuration brings them, so that a changed policy
  /// drains no listener.
  ///
  /// @param port the gateway's port as documents name it
  public static SortedMap<String, Any> ofRequests(
      List<AppliedPolicy> policies, String trustDomain, int port) {
    return byFilter(policies, new Conditions(trustDomain, port, Vantage.HOP), _ -> Optional::of);
  }

  /// For bytes to one host that HTTP carries, of which nothing is seen: as [#ofTunnel], in the form
  /// of [#ofRequests].
  public static SortedMap<String, Any> ofBytes(
      List<AppliedPolicy> policies, String trustDomain, String host, int port) {
    return byFilter(
        policies,
        new Conditions(trustDomain, port, Vantage.HOP),
        action -> new OpaqueRule(action, host, port)::of);
  }

  private static SortedMap<String, Any> byFilter(
      List<AppliedPolicy> policies,
      Conditions conditions,
      Function<Action, Function<Rule, Optional<Rule>>> meanings) {
    SortedMap<String, Any> byFilter = new TreeMap<>();
    for (Action action : Action.values()) {
      Function<Rule, Optional<Rule>> meaning = meanings.apply(action);
      io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.Builder filter =
          io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.newBuilder();
      rules(policies, action, false, meaning, conditions)
          .ifPresent(rules -> filter.setRules(rules).setRulesStatPrefix(prefix(action)));
      rules(policies, action, true, meaning, conditions)
          .ifPresent(
              rules -> filter.setShadowRules(rules).setShadowRulesStatPrefix(dryRunPrefix(action)));
      if (filter.hasRules() || filter.hasShadowRules()) {
        byFilter.put(
            filterName(action), Extensions.any(RBACPerRoute.newBuilder().setRbac(filter).build()));
      }
    }
    return byFilter;
  }

  /// For a tunnel to one host: a filter for each action of which some policy can match, and one for
  /// what is only tried. What says nothing of this host is left out, and so drains nothing.
  ///
  /// @param host a name, and the filters stand at the hop; or a wildcard, and they stand within the
  ///   hop, where the server name says which host it is to be
  /// @param port the gateway's port as documents name it
  public static List<Filter> ofTunnel(
      String statPrefix, List<AppliedPolicy> policies, String trustDomain, String host, int port) {
    List<Filter> filters = new ArrayList<>();
    Vantage vantage = WildcardHost.isWildcard(host) ? Vantage.WITHIN_HOP : Vantage.HOP;
    Conditions conditions = new Conditions(trustDomain, port, vantage);
    for (Action action : Action.values()) {
      OpaqueRule opaque = new OpaqueRule(action, host, port);
      rules(policies, action, false, opaque::of, conditions)
          .ifPresent(
              rules -> filters.add(NetworkRbac.filter(statPrefix, rules, prefix(action), true)));
      rules(policies, action, true, opaque::of, conditions)
          .ifPresent(rules ->
              filters.add(NetworkRbac.filter(statPrefix, rules, dryRunPrefix(action), false)));
    }
    return filters;
  }

  /// The rules of the policies of one action, enforced or only tried; empty if they change nothing.
  /// An ALLOW policy always does: what it does not match is denied.
  private static Optional<RBAC> rules(
      List<AppliedPolicy> policies,
      Action action,
      boolean dryRun,
      Function<Rule, Optional<Rule>> meaning,
      Conditions conditions) {
    RBAC.Builder rules = RBAC.newBuilder().setAction(envoyAction(action));
    boolean any = false;
    for (AppliedPolicy policy : policies) {
      if (policy.action() != action || policy.dryRun() != dryRun) {
        continue;
      }
      any |= action == Action.ALLOW;
      for (int i = 0; i < policy.rules().size(); i++) {
        Origin origin = new Origin(policy.key(), new FieldPath("spec.rules").index(i));
        Optional<Rule> rule = meaning.apply(policy.rules().get(i));
        rule.ifPresent(r -> rules.putPolicies(Names.rbacPolicy(origin), conditions.policy(r)));
      }
    }
    return any || rules.getPoliciesCount() > 0 ? Optional.of(rules.build()) : Optional.empty();
  }

  private static RBAC.Action envoyAction(Action action) {
    return switch (action) {
      case AUDIT -> RBAC.Action.LOG;
      case DENY -> RBAC.Action.DENY;
      case ALLOW -> RBAC.Action.ALLOW;
    };
  }
}
