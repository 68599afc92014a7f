package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.AppliedPolicy;
import io.sallyport.policy.AuthorizationPolicy;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The authorization policies in force, found by the gateways whose proxies they select (Istio,
/// "Authorization Policy", `selector` and `targetRefs`).
final class Authorizations {
  private final String rootNamespace;
  private final List<AuthorizationPolicy> policies;

  Authorizations(String rootNamespace, List<AuthorizationPolicy> policies) {
    this.rootNamespace = rootNamespace;
    this.policies = List.copyOf(policies);
  }

  /// Whether a policy selects the proxies of a gateway that carry these labels.
  boolean selects(AuthorizationPolicy policy, GatewayName gateway, Map<String, String> labels) {
    boolean own = policy.metadata().namespace().equals(gateway.namespace());
    if (!policy.target().gateways().isEmpty()) {
      return own && policy.target().gateways().contains(gateway.name());
    }
    return (own || policy.metadata().namespace().equals(rootNamespace))
        && labels.entrySet().containsAll(policy.target().matchLabels().entrySet());
  }

  /// The policies that hold at the proxies of a gateway that carry these labels, sorted.
  List<AppliedPolicy> at(GatewayName gateway, Map<String, String> labels) {
    return policies.stream()
        .filter(policy -> selects(policy, gateway, labels))
        .map(policy ->
            new AppliedPolicy(policy.key(), policy.action(), policy.dryRun(), policy.rules()))
        .sorted((one, other) -> one.key().compareTo(other.key()))
        .toList();
  }

  /// The labels that tell the gateway proxies of a namespace apart.
  SortedSet<String> labelsLookedAt(String namespace) {
    SortedSet<String> labels = new TreeSet<>();
    for (AuthorizationPolicy policy : policies) {
      String home = policy.metadata().namespace();
      if (home.equals(namespace) || home.equals(rootNamespace)) {
        labels.addAll(policy.target().matchLabels().keySet());
      }
    }
    return labels;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Authorizations that
        && rootNamespace.equals(that.rootNamespace)
        && policies.equals(that.policies);
  }

  @Override
  public int hashCode() {
    return policies.hashCode();
  }
}
