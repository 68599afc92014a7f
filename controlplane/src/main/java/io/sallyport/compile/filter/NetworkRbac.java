package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;

/// Who may use a destination of which only bytes are known. The rules stand there twice, since this
/// filter tells the log only what its shadow rules say; a prefix of their own keeps them apart from
/// those of other such filters.
public final class NetworkRbac {
  static final String NAME = "envoy.filters.network.rbac";
  private static final String GRANT = "grant_";
  private static final String UNKNOWN = "unknown_";
  private static final String RESULT = "shadow_engine_result";

  /// Where Envoy leaves its decision, in dynamic metadata under [#NAME].
  static final String RESULT_KEY = GRANT + RESULT;

  /// The same of [#denyUnknown].
  static final String UNKNOWN_KEY = UNKNOWN + RESULT;

  /// Where Envoy leaves the name of the policy that allowed.
  static final String POLICY_PATH = NAME + ":" + GRANT + "shadow_effective_policy_id";

  private NetworkRbac() {}

  /// @param principals by the name of the policy: the SPIFFE IDs that it allows, possibly none
  public static Filter allow(
      String statPrefix, SortedMap<String, ? extends Collection<String>> principals) {
    return filter(statPrefix, Rbac.allowRules(principals), GRANT);
  }

  /// Nobody may, because there is nothing to be allowed. It says so when the first bytes come, and
  /// so after the handshake, like a refusal of what others may.
  public static Filter denyUnknown(String statPrefix) {
    return filter(statPrefix, Rbac.allowRules(Collections.emptySortedMap()), UNKNOWN);
  }

  private static Filter filter(String statPrefix, RBAC rules, String prefix) {
    return Filter.newBuilder()
        .setName(NAME)
        .setTypedConfig(
            Extensions.any(
                io.envoyproxy
                    .envoy
                    .extensions
                    .filters
                    .network
                    .rbac
                    .v3
                    .RBAC
                    .newBuilder()
                    .setStatPrefix(statPrefix)
                    .setRules(rules)
                    .setShadowRules(rules)
                    .setShadowRulesStatPrefix(prefix)
                    .build()))
        .build();
  }
}
