package io.sallyport.compile.filter;

import io.sallyport.mesh.ScopeView.Requests;
import java.util.Collection;
import java.util.Optional;

/// What one rule grants on a route.
///
/// @param policy the name of the RBAC policy that it becomes
/// @param principals the SPIFFE IDs that may, possibly none; empty: whoever comes this far
public record RouteGrant(
    String policy, Optional<? extends Collection<String>> principals, Requests requests) {
  public static RouteGrant ofAnyone(String policy, Requests requests) {
    return new RouteGrant(policy, Optional.empty(), requests);
  }
}
