package io.sallyport.compile;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.sallyport.compile.filter.Authorization;
import io.sallyport.compile.filter.Granted;
import io.sallyport.compile.filter.Rbac;
import io.sallyport.compile.filter.RouteGrant;
import io.sallyport.mesh.ScopeView.Allowed;
import io.sallyport.mesh.ScopeView.AppliedPolicy;
import io.sallyport.mesh.ScopeView.Grant;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Says in the configuration, and beside it, which rules it comes from.
final class Grants {
  private Grants() {}

  /// The origins as they travel beside a resource.
  static List<io.sallyport.snapshot.Origin> origins(List<Origin> rules) {
    return rules.stream()
        .map(rule ->
            new io.sallyport.snapshot.Origin(rule.resource().toString(), rule.field().text()))
        .sorted()
        .distinct()
        .toList();
  }

  /// The rules that some grants come from.
  static List<Origin> rules(List<Grant> grants) {
    return grants.stream().map(Grant::origin).sorted().toList();
  }

  /// The same for a sidecar's own workload.
  static List<Origin> allowed(List<Allowed> grants) {
    return grants.stream().map(Allowed::origin).sorted().toList();
  }

  /// What some grants allow on a route.
  static Any rbac(List<Grant> grants) {
    return Rbac.perRoute(ofWorkloads(grants));
  }

  /// The grants by the names of the RBAC policies that they become.
  static List<RouteGrant> ofWorkloads(List<Grant> grants) {
    return grants.stream()
        .map(grant ->
            new RouteGrant(
                Names.rbacPolicy(grant.origin()),
                Optional.of(grant.principals()),
                grant.requests()))
        .toList();
  }

  /// The same for a sidecar's own workload.
  static List<RouteGrant> ofAnyone(List<Allowed> grants) {
    return grants.stream()
        .map(grant -> RouteGrant.ofAnyone(Names.rbacPolicy(grant.origin()), grant.requests()))
        .toList();
  }

  /// The SPIFFE IDs that some grants allow, by the name of the RBAC policy that a rule becomes.
  static SortedMap<String, SortedSet<String>> principals(List<Grant> grants) {
    SortedMap<String, SortedSet<String>> principals = new TreeMap<>();
    for (Grant grant : grants) {
      principals
          .computeIfAbsent(Names.rbacPolicy(grant.origin()), _ -> new TreeSet<>())
          .addAll(grant.principals());
    }
    return principals;
  }

  /// A route's metadata, which access logs show: the policy as `NS/NAME` and the rule as its field.
  /// Where several rules lead to one route, all stand there; where those are of several policies,
  /// each rule stands with its policy, as `NS/NAME#FIELD`.
  static Metadata metadata(List<Origin> rules) {
    Granted granted = granted(rules);
    return metadata(granted.policy(), granted.rule());
  }

  /// The same as two texts, where no metadata can carry them.
  static Granted granted(List<Origin> rules) {
    List<String> policies =
        rules.stream().map(rule -> rule.resource().qualifiedName()).sorted().distinct().toList();
    Stream<String> fields =
        rules.stream()
            .map(rule -> policies.size() == 1 ? rule.field().text() : Names.rbacPolicy(rule));
    return new Granted(
        String.join(", ", policies), fields.sorted().distinct().collect(Collectors.joining(", ")));
  }

  /// The metadata of a route that refuses.
  static Metadata noRule() {
    return metadata(Names.NO_RULE, Names.NO_RULE);
  }

  /// The metadata of a route that the mesh's mode allows.
  static Metadata anyRule() {
    return metadata(Names.ANY_RULE, Names.ANY_RULE);
  }

  /// Where authorization policies come from.
  static List<Origin> policies(List<AppliedPolicy> authorization) {
    return authorization.stream()
        .map(policy -> new Origin(policy.key(), new FieldPath("spec")))
        .toList();
  }

  /// A virtual host's metadata: the ALLOW policies one of which has to match, for the log of what
  /// none of them did; empty where there are none.
  static Optional<Metadata> allowPolicies(List<AppliedPolicy> authorization) {
    String names = Authorization.allowPolicies(authorization);
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(metadata(Map.of(Names.ALLOW_POLICIES, names)));
  }

  private static Metadata metadata(String policy, String rule) {
    return metadata(Map.of("policy", policy, "rule", rule));
  }

  private static Metadata metadata(Map<String, String> fields) {
    Struct.Builder struct = Struct.newBuilder();
    fields.forEach(
        (key, value) -> struct.putFields(key, Value.newBuilder().setStringValue(value).build()));
    return Metadata.newBuilder().putFilterMetadata(Names.METADATA, struct.build()).build();
  }
}
