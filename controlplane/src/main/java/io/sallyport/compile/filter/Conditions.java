package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.sallyport.policy.AuthorizationPolicy.AllOf;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.ValueMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// From a rule of an authorization policy to an RBAC policy: what is asked about the peer becomes
/// principals, what is asked about the request permissions; the conditions of `when` join both.
///
/// @param port the gateway's port as documents name it, which is what a rule's ports are about; the
///   real one may be another
record Conditions(String trustDomain, int port, Vantage vantage) {
  Policy policy(Rule rule) {
    Policy.Builder policy = Policy.newBuilder();
    List<Condition> ofPeer = ofPeer(rule.when());
    List<Condition> ofRequest = ofRequest(rule.when());
    for (AllOf from : orEverything(rule.from())) {
      policy.addPrincipals(
          allPrincipals(both(from.conditions(), ofPeer).stream().map(this::principal).toList()));
    }
    for (AllOf to : orEverything(rule.to())) {
      policy.addPermissions(
          allPermissions(both(to.conditions(), ofRequest).stream().map(this::permission).toList()));
    }
    return policy.build();
  }

  /// The permissions of a rule that grants requests; of none, everything.
  static List<Permission> ofRequests(List<AllOf> anyOf) {
    // nothing in them is about the gateway or its mesh
    return new Conditions("", 0, Vantage.HOP)
        .policy(new Rule(List.of(), anyOf, List.of()))
        .getPermissionsList();
  }

  private static List<AllOf> orEverything(List<AllOf> alternatives) {
    return alternatives.isEmpty() ? List.of(new AllOf(List.of())) : alternatives;
  }

  private static List<Condition> both(List<Condition> some, List<Condition> others) {
    List<Condition> both = new ArrayList<>(some);
    both.addAll(others);
    return both;
  }

  private List<Condition> ofPeer(List<Condition> conditions) {
    return conditions.stream().filter(c -> isOfPeer(c.attribute())).toList();
  }

  private List<Condition> ofRequest(List<Condition> conditions) {
    return conditions.stream().filter(c -> !isOfPeer(c.attribute())).toList();
  }

  private boolean isOfPeer(Attribute attribute) {
    return switch (attribute) {
      case PRINCIPAL, TRUST_DOMAIN, NAMESPACE, SERVICE_ACCOUNT, SOURCE_IP, REMOTE_IP -> true;
      // within the hop it stands with what is known of the client, and only principals see that
      case DESTINATION_IP -> vantage == Vantage.WITHIN_HOP;
      case HOST, METHOD, PATH, HEADER, DESTINATION_PORT, SNI -> false;
    };
  }

  private Principal principal(Condition condition) {
    Function<ValueMatch, Principal> one =
        value -> AttributeMatchers.principal(condition.attribute(), value, trustDomain, vantage);
    List<Principal> all = new ArrayList<>();
    if (!condition.values().isEmpty()) {
      all.add(anyPrincipal(condition.values().stream().map(one).toList()));
    }
    if (!condition.notValues().isEmpty()) {
      all.add(
          Principal.newBuilder()
              .setNotId(anyPrincipal(condition.notValues().stream().map(one).toList()))
              .build());
    }
    return allPrincipals(all);
  }

  private Permission permission(Condition condition) {
    Function<ValueMatch, Permission> one =
        value -> AttributeMatchers.permission(condition, value, port, vantage);
    List<Permission> all = new ArrayList<>();
    if (!condition.values().isEmpty()) {
      all.add(anyPermission(condition.values().stream().map(one).toList()));
    }
    if (!condition.notValues().isEmpty()) {
      all.add(
          Permission.newBuilder()
              .setNotRule(anyPermission(condition.notValues().stream().map(one).toList()))
              .build());
    }
    return allPermissions(all);
  }

  private static Principal allPrincipals(List<Principal> all) {
    return switch (all.size()) {
      case 0 -> Principal.newBuilder().setAny(true).build();
      case 1 -> all.getFirst();
      default ->
          Principal.newBuilder().setAndIds(Principal.Set.newBuilder().addAllIds(all)).build();
    };
  }

  private static Principal anyPrincipal(List<Principal> some) {
    return some.size() == 1
        ? some.getFirst()
        : Principal.newBuilder().setOrIds(Principal.Set.newBuilder().addAllIds(some)).build();
  }

  private static Permission allPermissions(List<Permission> all) {
    return switch (all.size()) {
      case 0 -> Permission.newBuilder().setAny(true).build();
      case 1 -> all.getFirst();
      default ->
          Permission.newBuilder().setAndRules(Permission.Set.newBuilder().addAllRules(all)).build();
    };
  }

  private static Permission anyPermission(List<Permission> some) {
    return some.size() == 1
        ? some.getFirst()
        : Permission.newBuilder().setOrRules(Permission.Set.newBuilder().addAllRules(some)).build();
  }
}
