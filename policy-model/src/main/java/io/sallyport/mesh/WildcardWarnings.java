package io.sallyport.mesh;

import io.sallyport.policy.AuthorizationPolicy;
import io.sallyport.policy.AuthorizationPolicy.Action;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.WildcardHost;
import io.sallyport.policy.WildcardHost.Share;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Warns of rules of authorization policies that name some of the hosts below a wildcard, where TLS
/// is carried to them: which of them it is to be is not known where such a rule is enforced.
final class WildcardWarnings {
  private final EgressRoutes routes;
  private final LinkReport report;

  WildcardWarnings(EgressRoutes routes, LinkReport report) {
    this.routes = routes;
    this.report = report;
  }

  /// @param selected the gateways where the rule holds
  void warn(Document document, Rule rule, FieldPath field, List<Document> selected) {
    SortedSet<HostPort> widened = new TreeSet<>();
    for (Document gateway : selected) {
      GatewayName name = new GatewayName(gateway.key().namespace(), gateway.key().name());
      for (EgressRoute route : routes.through(name)) {
        if (route instanceof EgressRoute.Tunnel) {
          int port = route.hop().port();
          route.hosts().stream()
              .filter(WildcardHost::isWildcard)
              .filter(host -> isAboutSome(rule, host, port))
              .forEach(host -> widened.add(new HostPort(port, host)));
        }
      }
    }
    Action action = ((AuthorizationPolicy) document.resource()).action();
    for (HostPort to : widened) {
      report.add(
          LinkReport.warning(
              document,
              field,
              "the rule matches %s host below `%s` on port %d, where which host it is can't be seen"
                  .formatted(action == Action.ALLOW ? "no" : "every", to.host(), to.port()),
              "name the hosts one by one in the egress rule, or the `ports` that this rule is"
                  + " for"));
    }
  }

  private static boolean isAboutSome(Rule rule, String wildcard, int port) {
    return AuthorizationWarnings.alternatives(rule).stream()
        .filter(conditions ->
            conditions.stream()
                .allMatch(condition -> AuthorizationWarnings.mayHoldOn(condition, port)))
        .anyMatch(conditions ->
            conditions.stream().anyMatch(condition -> share(wildcard, condition) == Share.SOME)
                && conditions.stream()
                    .noneMatch(condition -> share(wildcard, condition) == Share.NONE));
  }

  private static Share share(String wildcard, Condition condition) {
    return condition.attribute() == Attribute.HOST || condition.attribute() == Attribute.SNI
        ? WildcardHost.holding(wildcard, condition)
        : Share.ALL;
  }
}
