package io.sallyport.compile.filter;

import io.sallyport.policy.AuthorizationPolicy.Action;
import io.sallyport.policy.AuthorizationPolicy.AllOf;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.ValueMatch;
import io.sallyport.policy.WildcardHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a rule of an authorization policy means for a tunnel, of which the host and the gateway's
/// port are known and the requests are not. Host, server name and port are decided here: the inner
/// listener lets only the host's own server name through. What needs a request makes an ALLOW rule
/// match nothing, and is left out of a DENY or AUDIT rule, which then matches more (Istio, "HTTP
/// fields on TCP ports"). What holds for some hosts of a wildcard stays, since only the server name
/// within the hop says which of them it is to be.
///
/// @param host a name or a wildcard
record OpaqueRule(Action action, String host, int port) {
  /// The rule without what is decided; empty if it never matches.
  Optional<Rule> of(Rule rule) {
    List<AllOf> to = new ArrayList<>();
    for (AllOf operation : rule.to()) {
      open(operation.conditions()).ifPresent(rest -> to.add(new AllOf(rest)));
    }
    Optional<List<Condition>> when = open(rule.when());
    if (when.isEmpty() || (to.isEmpty() && !rule.to().isEmpty())) {
      return Optional.empty();
    }
    boolean anything = to.stream().anyMatch(operation -> operation.conditions().isEmpty());
    return Optional.of(new Rule(rule.from(), anything ? List.of() : to, when.get()));
  }

  /// The conditions that are not decided; empty if one of them never holds.
  private Optional<List<Condition>> open(List<Condition> conditions) {
    List<Condition> rest = new ArrayList<>();
    for (Condition condition : conditions) {
      switch (decide(condition)) {
        case HOLDS -> {}
        case FAILS -> {
          return Optional.empty();
        }
        case OPEN -> rest.add(condition);
      }
    }
    return Optional.of(rest);
  }

  private enum Decision {
    HOLDS,
    FAILS,
    OPEN
  }

  private Decision decide(Condition condition) {
    return switch (condition.attribute()) {
      case HOST, SNI -> WildcardHost.isWildcard(host) ? below(condition) : decided(condition);
      case DESTINATION_PORT -> decided(condition);
      case METHOD, PATH, HEADER -> action == Action.ALLOW ? Decision.FAILS : Decision.HOLDS;
      case PRINCIPAL,
          TRUST_DOMAIN,
          NAMESPACE,
          SERVICE_ACCOUNT,
          SOURCE_IP,
          REMOTE_IP,
          DESTINATION_IP ->
          Decision.OPEN;
    };
  }

  private Decision below(Condition condition) {
    return switch (WildcardHost.holding(host, condition)) {
      case NONE -> Decision.FAILS;
      case SOME -> Decision.OPEN;
      case ALL -> Decision.HOLDS;
    };
  }

  private Decision decided(Condition condition) {
    boolean any =
        condition.values().isEmpty()
            || condition.values().stream().anyMatch(value -> matches(condition.attribute(), value));
    boolean none =
        condition.notValues().stream().noneMatch(value -> matches(condition.attribute(), value));
    return any && none ? Decision.HOLDS : Decision.FAILS;
  }

  private boolean matches(Attribute attribute, ValueMatch value) {
    return switch (value) {
      case ValueMatch.Port(int number) -> attribute == Attribute.DESTINATION_PORT && number == port;
      case ValueMatch.Exact(String text) -> host.equals(text);
      case ValueMatch.Prefix(String text) -> host.startsWith(text);
      case ValueMatch.Suffix(String text) -> host.endsWith(text);
      case ValueMatch.Present _ -> true;
      case ValueMatch.Glob _,
          ValueMatch.PathTemplate _,
          ValueMatch.AddressRange _,
          ValueMatch.Account _ ->
          throw new IllegalArgumentException(attribute + " compared with " + value);
    };
  }
}
