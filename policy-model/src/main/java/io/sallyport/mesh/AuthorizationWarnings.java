package io.sallyport.mesh;

import io.sallyport.policy.AuthorizationPolicy;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.Protocol;
import io.sallyport.policy.ValueMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is odd about an authorization policy that is in force.
final class AuthorizationWarnings {
  private final Gateways gateways;
  private final Registry registry;
  private final Authorizations authorizations;
  private final LinkReport report;

  AuthorizationWarnings(
      Gateways gateways, Registry registry, Authorizations authorizations, LinkReport report) {
    this.gateways = gateways;
    this.registry = registry;
    this.authorizations = authorizations;
    this.report = report;
  }

  void warn(List<Document> policies) {
    policies.forEach(this::warn);
  }

  private void warn(Document document) {
    AuthorizationPolicy policy = (AuthorizationPolicy) document.resource();
    List<Document> selected = new ArrayList<>();
    for (Document gateway : gateways.egress()) {
      GatewayName name = new GatewayName(gateway.key().namespace(), gateway.key().name());
      boolean selects =
          registry.proxies(name).stream()
              .anyMatch(proxy -> authorizations.selects(policy, name, proxy.entry().labels()));
      if (selects) {
        selected.add(gateway);
      }
    }
    if (selected.isEmpty()) {
      warnOfNobody(document, policy);
    } else {
      warnOfPorts(document, policy, selected);
    }
  }

  private void warnOfNobody(Document document, AuthorizationPolicy policy) {
    String field =
        !policy.target().gateways().isEmpty()
            ? "spec.targetRefs"
            : policy.target().matchLabels().isEmpty() ? "metadata.namespace" : "spec.selector";
    report.add(
        LinkReport.warning(
            document,
            new FieldPath(field),
            "%s selects no proxy of an egress gateway, and nothing enforces it"
                .formatted(policy.key()),
            "authorization is enforced at egress gateways only; a policy holds in its own"
                + " namespace, or everywhere from the root namespace"));
  }

  private void warnOfPorts(Document document, AuthorizationPolicy policy, List<Document> selected) {
    SortedMap<Integer, Protocol> ports = new TreeMap<>();
    for (Document gateway : selected) {
      Gateways.listeners((Gateway) gateway.resource())
          .forEach((port, listener) -> ports.put(port, listener.protocol()));
    }
    for (int i = 0; i < policy.rules().size(); i++) {
      Rule rule = policy.rules().get(i);
      FieldPath field = new FieldPath("spec.rules").index(i);
      alternatives(rule).stream()
          .flatMap(List::stream)
          .flatMap(AuthorizationWarnings::ports)
          .filter(port -> !ports.containsKey(port))
          .distinct()
          .forEach(port ->
              report.add(
                  LinkReport.warning(
                      document,
                      field,
                      "no selected gateway listens on port " + port,
                      "ports are those of the Gateway's listeners: "
                          + ports.keySet().stream()
                              .map(String::valueOf)
                              .collect(Collectors.joining(", ")))));
      warnOfUnseen(document, policy, rule, field, ports);
    }
  }

  /// On ports for TLS that applications start nobody sees a request.
  private void warnOfUnseen(
      Document document,
      AuthorizationPolicy policy,
      Rule rule,
      FieldPath field,
      SortedMap<Integer, Protocol> ports) {
    SortedSet<String> unseen = new TreeSet<>();
    SortedSet<Integer> opaque = new TreeSet<>();
    for (List<Condition> alternative : alternatives(rule)) {
      List<String> needed =
          alternative.stream()
              .map(Condition::attribute)
              .filter(attribute -> attribute.isHttpOnly() && attribute != Attribute.HOST)
              .map(attribute -> attribute.name().toLowerCase(Locale.ROOT))
              .toList();
      ports.forEach((port, protocol) -> {
        boolean meant = alternative.stream().allMatch(condition -> mayHoldOn(condition, port));
        if (!needed.isEmpty() && protocol != Protocol.HTTP && meant) {
          unseen.addAll(needed);
          opaque.add(port);
        }
      });
    }
    if (!opaque.isEmpty()) {
      String where =
          "port %s, where %s can't be seen"
              .formatted(
                  opaque.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                  String.join(", ", unseen));
      report.add(
          LinkReport.warning(
              document,
              field,
              switch (policy.action()) {
                case ALLOW -> "the rule matches nothing on " + where;
                case DENY, AUDIT -> "the rule matches whatever else it says on " + where;
              },
              "name the `ports` that the rule is for"));
    }
  }

  private static boolean mayHoldOn(Condition condition, int port) {
    return condition.attribute() != Attribute.DESTINATION_PORT
        || ((condition.values().isEmpty() || condition.values().contains(new ValueMatch.Port(port)))
            && !condition.notValues().contains(new ValueMatch.Port(port)));
  }

  /// Each operation of the rule with the conditions of its `when`.
  private static List<List<Condition>> alternatives(Rule rule) {
    if (rule.to().isEmpty()) {
      return List.of(rule.when());
    }
    return rule.to().stream()
        .map(operation ->
            Stream.concat(operation.conditions().stream(), rule.when().stream()).toList())
        .toList();
  }

  private static Stream<Integer> ports(Condition condition) {
    return condition.attribute() == Attribute.DESTINATION_PORT
        ? Stream.concat(condition.values().stream(), condition.notValues().stream())
            .map(value -> ((ValueMatch.Port) value).number())
        : Stream.empty();
  }
}
