package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.sallyport.compile.Names;
import io.sallyport.policy.AuthorizationPolicy.Action;
import java.util.ArrayList;
import java.util.List;

/// The access logs of what a gateway decides. A destination knows the rules that grant it, but only
/// RBAC knows whether one of them let this client through; so there are five logs, and each request
/// or connection is in one of them: granted, where `granted_by` is the one rule that did; limited,
/// where it did but for the number; denied by a DENY policy, or by the lack of a matching ALLOW
/// policy, where `denied_by` says so; refused, since no rule grants it.
final class GatewayLogs {
  private static final String DENIED_BY = "denied_by";

  /// Where the RBAC filters of one kind of traffic leave what they decided.
  ///
  /// @param filter the namespace in dynamic metadata
  /// @param grant the prefix of the one that knows the grants
  /// @param result the key of a decision, after the prefix
  /// @param policy the key of the policy that decided, after the prefix
  private record Decisions(String filter, String grant, String result, String policy) {
    private static final Decisions OF_REQUESTS =
        new Decisions(Rbac.NAME, "", Rbac.RESULT_KEY, Rbac.POLICY_KEY);

    private static final Decisions OF_TUNNELS =
        new Decisions(
            NetworkRbac.NAME, NetworkRbac.GRANT, Rbac.SHADOW_RESULT_KEY, Rbac.SHADOW_POLICY_KEY);

    String policyOf(String prefix) {
      return text(prefix + policy);
    }

    String text(String key) {
      return "%DYNAMIC_METADATA(" + filter + ":" + key + ")%";
    }

    AccessLogFilter said(String prefix, String decision, boolean ifUndecided) {
      return AccessLogs.where(filter, prefix + result, decision, ifUndecided);
    }
  }

  private GatewayLogs() {}

  static List<AccessLog> ofRequests() {
    String policy = AccessLogs.ofRoute(AccessLogs.POLICY);
    String rule = AccessLogs.ofRoute(AccessLogs.RULE);
    String allowPolicies =
        "%METADATA(VIRTUAL_HOST:" + Names.METADATA + ":" + Names.ALLOW_POLICIES + ")%";
    // A request that no RBAC ever saw, since it could not be read, is refused as well.
    List<AccessLog> logs =
        of(Decisions.OF_REQUESTS, new Granted(policy, rule), allowPolicies, true);
    AccessLog granted = logs.getFirst();
    List<AccessLog> all = new ArrayList<>();
    all.add(onlyIf(granted, AccessLogs.limited(false)));
    all.add(onlyIf(limited(new Granted(policy, rule)), AccessLogs.limited(true)));
    all.addAll(logs.subList(1, logs.size()));
    return all;
  }

  private static AccessLog limited(Granted granted) {
    Decisions decisions = Decisions.OF_REQUESTS;
    StdoutAccessLog.Builder limited = routed(decisions, granted);
    AccessLogs.put(limited, AccessLogs.GRANTED_BY, decisions.policyOf(decisions.grant()));
    AccessLogs.put(limited, AccessLogs.REASON, AccessLogs.RATE_LIMITED);
    return log("limited", limited, decisions.said(decisions.grant(), Rbac.RESULT_ALLOWED, false));
  }

  private static AccessLog onlyIf(AccessLog log, AccessLogFilter filter) {
    return log.toBuilder().setFilter(AccessLogs.both(log.getFilter(), filter)).build();
  }

  /// Of hops to a destination that the gateway has. A failed handshake is in none of them, since it
  /// has a log of its own.
  static List<AccessLog> ofTunnel(Granted granted, String allowPolicies) {
    return of(Decisions.OF_TUNNELS, granted, allowPolicies, false);
  }

  /// Of connections to a host below a wildcard about which policies are asked within the hop. They
  /// have been granted before, and that is in the log of the hop.
  static List<AccessLog> ofHostBelow(Granted grants, String allowPolicies) {
    Decisions decisions = Decisions.OF_TUNNELS;
    StdoutAccessLog.Builder authorized = routed(decisions, grants);
    List<StdoutAccessLog.Builder> logs =
        List.of(authorized, denied(decisions, grants), unmatched(decisions, grants, allowPolicies));
    logs.forEach(AccessLogs::putClient);
    String deny = Authorization.prefix(Action.DENY);
    String allow = Authorization.prefix(Action.ALLOW);
    return List.of(
        log(
            "authorized",
            logs.get(0),
            AccessLogs.both(
                decisions.said(deny, Rbac.RESULT_ALLOWED, true),
                decisions.said(allow, Rbac.RESULT_ALLOWED, true))),
        log("denied", logs.get(1), decisions.said(deny, Rbac.RESULT_DENIED, false)),
        log("unmatched", logs.get(2), decisions.said(allow, Rbac.RESULT_DENIED, false)));
  }

  private static StdoutAccessLog.Builder denied(Decisions decisions, Granted grants) {
    StdoutAccessLog.Builder denied = routed(decisions, grants);
    AccessLogs.put(denied, DENIED_BY, decisions.policyOf(Authorization.prefix(Action.DENY)));
    return denied;
  }

  private static StdoutAccessLog.Builder unmatched(
      Decisions decisions, Granted grants, String allowPolicies) {
    StdoutAccessLog.Builder unmatched = routed(decisions, grants);
    AccessLogs.put(unmatched, DENIED_BY, "no match of " + allowPolicies);
    return unmatched;
  }

  private static List<AccessLog> of(
      Decisions decisions, Granted grants, String allowPolicies, boolean refuseUndecided) {
    StdoutAccessLog.Builder granted = routed(decisions, grants);
    AccessLogs.put(granted, AccessLogs.GRANTED_BY, decisions.policyOf(decisions.grant()));
    AccessLogs.put(granted, AccessLogs.SHADOW, AccessLogs.SHADOW_RESULT);
    if (decisions.equals(Decisions.OF_REQUESTS)) {
      AccessLogs.put(granted, AccessLogs.REASON, AccessLogs.unresolved());
    }
    StdoutAccessLog.Builder refused = routed(decisions, new Granted(Names.NO_RULE, Names.NO_RULE));
    AccessLogs.put(refused, AccessLogs.GRANTED_BY, Names.NO_RULE);
    AccessLogs.put(refused, AccessLogs.REASON, "not_granted");
    String deny = Authorization.prefix(Action.DENY);
    String allow = Authorization.prefix(Action.ALLOW);
    return List.of(
        log("granted", granted, decisions.said(decisions.grant(), Rbac.RESULT_ALLOWED, false)),
        log("denied", denied(decisions, grants), decisions.said(deny, Rbac.RESULT_DENIED, false)),
        log(
            "unmatched",
            unmatched(decisions, grants, allowPolicies),
            decisions.said(allow, Rbac.RESULT_DENIED, false)),
        log(
            "refused",
            refused,
            AccessLogFilter.newBuilder()
                .setAndFilter(
                    AndFilter.newBuilder()
                        .addFilters(
                            decisions.said(decisions.grant(), Rbac.RESULT_DENIED, refuseUndecided))
                        .addFilters(decisions.said(deny, Rbac.RESULT_ALLOWED, true))
                        .addFilters(decisions.said(allow, Rbac.RESULT_ALLOWED, true)))
                .build()));
  }

  private static AccessLog log(String name, StdoutAccessLog.Builder log, AccessLogFilter filter) {
    return AccessLogs.log("stdout-" + name, log.build()).toBuilder().setFilter(filter).build();
  }

  /// With what policies say that refuse nothing: which AUDIT policy matched, which DENY policy
  /// would have, and whether ALLOW policies would have allowed, were they not dry runs. `null`
  /// without.
  private static StdoutAccessLog.Builder routed(Decisions decisions, Granted granted) {
    StdoutAccessLog.Builder log = AccessLogs.stdout(granted.policy(), granted.rule()).toBuilder();
    AccessLogs.put(log, "audited_by", decisions.policyOf(Authorization.prefix(Action.AUDIT)));
    AccessLogs.put(
        log,
        "dry_run_denied_by",
        decisions.text(Authorization.dryRunPrefix(Action.DENY) + Rbac.SHADOW_POLICY_KEY));
    AccessLogs.put(
        log,
        "dry_run_allow",
        decisions.text(Authorization.dryRunPrefix(Action.ALLOW) + Rbac.SHADOW_RESULT_KEY));
    return log;
  }
}
