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

  /// The prefix of what the filter that knows the grants leaves in dynamic metadata.
  static final String GRANT = "grant_";

  private static final String UNKNOWN = "unknown_";

  /// Where [#denyUnknown] leaves its decision, in dynamic metadata under [#NAME].
  static final String UNKNOWN_KEY = UNKNOWN + Rbac.SHADOW_RESULT_KEY;

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
    return filter(statPrefix, rules, prefix, true);
  }

  /// @param enforced else the filter only notes what it would do
  static Filter filter(String statPrefix, RBAC rules, String prefix, boolean enforced) {
    io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.Builder filter =
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
            .setShadowRules(rules)
            .setShadowRulesStatPrefix(prefix);
    if (enforced) {
      filter.setRules(rules);
    }
    return Filter.newBuilder().setName(NAME).setTypedConfig(Extensions.any(filter.build())).build();
  }
}
