package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.EgressRule;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is odd about an egress policy that is in force.
final class EgressWarnings {
  private static final String ASM_NAMESPACE = "istio-egress";

  /// How long before a rule's end it is warned of.
  private static final Duration AHEAD = Duration.ofDays(7);

  private final Registry registry;
  private final LinkReport report;
  private final Instant now;
  private final Map<Source, List<Workload>> selections = new HashMap<>();
  private final Map<List<Source>, Optional<SharedAccount>> sharing = new HashMap<>();
  private final Map<Account, List<Workload>> byAccount = new HashMap<>();

  private record Account(String namespace, String name) {
    static Account of(Workload workload) {
      return new Account(workload.namespace(), workload.serviceAccount());
    }
  }

  private record SharedAccount(Workload selected, Workload other) {}

  EgressWarnings(Registry registry, Instant now, LinkReport report) {
    this.now = now;
    this.registry = registry;
    this.report = report;
    registry
        .sidecars()
        .values()
        .forEach(workloads ->
            workloads.forEach(workload ->
                byAccount
                    .computeIfAbsent(Account.of(workload), _ -> new ArrayList<>())
                    .add(workload)));
  }

  void warn(List<Document> policies) {
    for (Document document : policies) {
      EgressTrafficPolicy policy = (EgressTrafficPolicy) document.resource();
      warnOfName(document, policy);
      for (int i = 0; i < policy.egressRules().size(); i++) {
        warnOfRule(document, policy.egressRules().get(i), EgressLinker.ruleField(i));
      }
    }
  }

  /// ASM's conventions; nothing depends on them.
  private void warnOfName(Document document, EgressTrafficPolicy policy) {
    if (policy.kind() != Kind.ASM_EGRESS_TRAFFIC_POLICY) {
      return;
    }
    String expected = "egress-by-" + policy.gateway();
    if (!policy.metadata().name().equals(expected)) {
      report.add(
          LinkReport.warning(
              document,
              new FieldPath("metadata.name"),
              "ASM names this policy `%s`, got `%s`".formatted(expected, policy.metadata().name()),
              "it is in force all the same"));
    }
    if (!policy.metadata().namespace().equals(ASM_NAMESPACE)) {
      report.add(
          LinkReport.warning(
              document,
              new FieldPath("metadata.namespace"),
              "ASM keeps this policy in namespace `%s`, got `%s`"
                  .formatted(ASM_NAMESPACE, policy.metadata().namespace()),
              "it is in force all the same"));
    }
  }

  /// A rule that is over, or will be soon.
  private void warnOfEnd(Document document, EgressRule rule, FieldPath field) {
    Optional<Instant> notAfter = rule.terms().notAfter();
    if (notAfter.isEmpty()) {
      return;
    }
    Instant end = notAfter.get();
    String owner =
        (rule.terms().owner().isEmpty() ? "" : "; ask " + rule.terms().owner())
            + (rule.terms().ticket().isEmpty() ? "" : "; see " + rule.terms().ticket());
    if (!now.isBefore(end)) {
      report.add(
          LinkReport.warning(
              document,
              field.child("notAfter"),
              "the rule is over since " + end,
              "delete it, or agree on a later end" + owner));
    } else if (!now.isBefore(end.minus(AHEAD))) {
      report.add(
          LinkReport.warning(
              document,
              field.child("notAfter"),
              "the rule ends at " + end,
              "it grants nothing from then on" + owner));
    } else {
      report.changesAt(end.minus(AHEAD));
    }
  }

  private void warnOfRule(Document document, EgressRule rule, FieldPath field) {
    warnOfEnd(document, rule, field);
    for (int j = 0; j < rule.to().size(); j++) {
      if (rule.to().get(j).outside().tls().insecureSkipVerify()) {
        warnOfAnyone(document, rule.to().get(j).hosts(), field.child("to").index(j));
      }
    }
    for (int j = 0; j < rule.from().size(); j++) {
      Source source = rule.from().get(j);
      if (select(source).isEmpty()) {
        warnOfEmptySource(document, source, field.child("from").index(j));
      }
    }
    sharing
        .computeIfAbsent(rule.from(), this::sharing)
        .ifPresent(pair -> warnOfSharedAccount(document, field, pair));
  }

  private void warnOfAnyone(Document document, List<String> hosts, FieldPath destination) {
    report.add(
        LinkReport.warning(
            document,
            destination.child("tls").child("insecureSkipVerify"),
            "whoever answers for %s is believed".formatted(String.join(", ", hosts)),
            "leave the field out, and have the host's certificate verified"));
  }

  private List<Workload> select(Source source) {
    return selections.computeIfAbsent(source, registry::select);
  }

  private void warnOfEmptySource(Document document, Source source, FieldPath field) {
    boolean selector = !source.workloadSelector().isEmpty();
    String labels =
        selector
            ? " with "
                + String.join(
                    ", ",
                    source.workloadSelector().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .toList())
            : "";
    report.add(
        LinkReport.warning(
            document,
            selector ? field.child("workloadSelector") : field.child("namespace"),
            "no workload of namespace %s%s".formatted(source.namespace(), labels),
            new SelectorSuggestion(registry).of(source).orElse("")));
  }

  /// The first workload that these sources select while another of its account is not selected.
  private Optional<SharedAccount> sharing(List<Source> from) {
    // By identity: hashing every workload of every rule would cost more than all the rest.
    Map<Workload, Boolean> selected = new IdentityHashMap<>();
    for (Source source : from) {
      select(source).forEach(workload -> selected.put(workload, true));
    }
    Set<Account> looked = new HashSet<>();
    for (Source source : from) {
      for (Workload workload : select(source)) {
        if (!looked.add(Account.of(workload))) {
          continue;
        }
        for (Workload other : byAccount.getOrDefault(Account.of(workload), List.of())) {
          if (!selected.containsKey(other)) {
            return Optional.of(new SharedAccount(workload, other));
          }
        }
      }
    }
    return Optional.empty();
  }

  /// A gateway knows a client by its service account only, so whoever shares the account of a
  /// selected workload is allowed there too. One warning a rule.
  private void warnOfSharedAccount(Document document, FieldPath field, SharedAccount shared) {
    report.add(
        LinkReport.warning(
            document,
            field.child("from"),
            "the rule selects %s/%s but not %s/%s, and both are service account `%s`"
                .formatted(
                    shared.selected().namespace(),
                    shared.selected().name(),
                    shared.other().namespace(),
                    shared.other().name(),
                    shared.selected().serviceAccount()),
            "the gateway can't tell them apart; give them accounts of their own"));
  }
}
