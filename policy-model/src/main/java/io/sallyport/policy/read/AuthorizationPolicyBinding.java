package io.sallyport.policy.read;

import io.sallyport.policy.AuthorizationPolicy;
import io.sallyport.policy.AuthorizationPolicy.Action;
import io.sallyport.policy.AuthorizationPolicy.AllOf;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.AuthorizationPolicy.Target;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.ValueMatch;
import io.sallyport.policy.problem.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/// `security.istio.io AuthorizationPolicy`. Whatever could never match, because Envoy compares it
/// with something that is brought to one form first, is an error: a DENY that never matches allows.
final class AuthorizationPolicyBinding {
  private static final int MOST = 10_000;
  private static final int MOST_TARGETS = 16;
  private static final String DRY_RUN = "istio.io/dry-run";
  private static final String GATEWAY_GROUP = "gateway.networking.k8s.io";

  private final String namespace;

  private AuthorizationPolicyBinding(String namespace) {
    this.namespace = namespace;
  }

  static AuthorizationPolicy bind(Metadata metadata, RecordBinder spec) {
    return new AuthorizationPolicyBinding(metadata.namespace()).policy(metadata, spec);
  }

  private AuthorizationPolicy policy(Metadata metadata, RecordBinder spec) {
    spec.notSupportedYet("provider");
    FieldValue actionField = spec.optional("action");
    actionField.notSupportedYet(actionField.string("").equals("CUSTOM"), "action CUSTOM");
    Action action =
        actionField.string("").equals("CUSTOM")
            ? Action.DENY
            : actionField.oneOf(Action.class, Action.ALLOW);
    FieldValue rules = spec.optional("rules");
    if (!rules.isPresent() && action != Action.ALLOW) {
      spec.error(
          "action " + action + " without rules matches nothing",
          "write `rules: [{}]` to match everything");
    }
    return new AuthorizationPolicy(
        metadata,
        target(spec),
        action,
        dryRun(metadata, spec),
        rules.isPresent() ? rules.list(MOST, item -> item.object(this::rule)) : List.of());
  }

  private static boolean dryRun(Metadata metadata, RecordBinder spec) {
    String written = metadata.annotations().getOrDefault(DRY_RUN, "false");
    if (!written.equals("true") && !written.equals("false")) {
      spec.error(
          "annotation `%s` is %s".formatted(DRY_RUN, Printable.quote(written)),
          "expected \"true\" or \"false\"");
    }
    return written.equals("true");
  }

  private static Target target(RecordBinder spec) {
    FieldValue selector = spec.optional("selector");
    FieldValue references = spec.optional("targetRefs");
    spec.notSupportedYet("targetRef");
    if (selector.isPresent() && references.isPresent()) {
      references.error("`selector` and `targetRefs` exclude each other", "leave one of them out");
    }
    return new Target(
        selector.isPresent()
            ? selector.object(fields -> fields.optional("matchLabels").selector())
            : Map.of(),
        references.isPresent()
            ? references.list(
                MOST_TARGETS, item -> item.object(AuthorizationPolicyBinding::gateway))
            : List.of());
  }

  private static String gateway(RecordBinder reference) {
    reference.required("group").parse(group -> only(group, GATEWAY_GROUP), "");
    reference.required("kind").parse(kind -> only(kind, "Gateway"), "");
    reference.notSupportedYet("namespace", "sectionName");
    return reference.required("name").parse(KubernetesName::dnsSubdomain, "");
  }

  private static Parsed<String> only(String written, String supported) {
    return written.equals(supported)
        ? Parsed.valid(written)
        : Parsed.invalid(
            "not supported yet: target " + Printable.quote(written),
            "expected `" + supported + "`");
  }

  private Rule rule(RecordBinder rule) {
    FieldValue from = rule.optional("from");
    FieldValue to = rule.optional("to");
    return new Rule(
        from.isPresent()
            ? from.list(MOST, i -> i.object(f -> f.required("source").object(this::source)))
            : List.of(),
        to.isPresent()
            ? to.list(MOST, i -> i.object(f -> f.required("operation").object(this::operation)))
            : List.of(),
        rule.optional("when").list(item -> item.object(this::when)));
  }

  private AllOf source(RecordBinder source) {
    source.notSupportedYet("requestPrincipals", "notRequestPrincipals");
    List<Condition> conditions = new ArrayList<>();
    either(source, conditions, "principals", Attribute.PRINCIPAL, MatchForms::principal);
    either(source, conditions, "trustDomains", Attribute.TRUST_DOMAIN, MatchForms::trustDomain);
    either(source, conditions, "namespaces", Attribute.NAMESPACE, MatchForms::namespace);
    either(source, conditions, "serviceAccounts", Attribute.SERVICE_ACCOUNT, this::account);
    either(source, conditions, "ipBlocks", Attribute.SOURCE_IP, MatchForms::addresses);
    either(source, conditions, "remoteIpBlocks", Attribute.REMOTE_IP, MatchForms::addresses);
    boolean byAccount =
        conditions.stream().anyMatch(c -> c.attribute() == Attribute.SERVICE_ACCOUNT);
    if (byAccount
        && conditions.stream()
            .anyMatch(c ->
                c.attribute() == Attribute.PRINCIPAL || c.attribute() == Attribute.NAMESPACE)) {
      source.error(
          "`serviceAccounts` excludes `principals` and `namespaces`", "an account has a namespace");
    }
    return allOf(source, conditions, "source");
  }

  private AllOf operation(RecordBinder operation) {
    List<Condition> conditions = new ArrayList<>();
    either(operation, conditions, "hosts", Attribute.HOST, MatchForms::host);
    either(operation, conditions, "ports", Attribute.DESTINATION_PORT, MatchForms::port);
    either(operation, conditions, "methods", Attribute.METHOD, MatchForms::method);
    either(operation, conditions, "paths", Attribute.PATH, MatchForms::path);
    return allOf(operation, conditions, "operation");
  }

  private static AllOf allOf(RecordBinder fields, List<Condition> conditions, String what) {
    if (conditions.isEmpty()) {
      fields.error("`%s` names nothing".formatted(what), "leave it out to match everything");
    }
    return new AllOf(conditions);
  }

  /// A field and its `not…` twin.
  private static void either(
      RecordBinder fields,
      List<Condition> conditions,
      String name,
      Attribute attribute,
      Function<String, Parsed<ValueMatch>> form) {
    List<ValueMatch> values = values(fields.optional(name), form);
    String not = "not" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    List<ValueMatch> notValues = values(fields.optional(not), form);
    if (!values.isEmpty() || !notValues.isEmpty()) {
      conditions.add(new Condition(attribute, "", values, notValues));
    }
  }

  private static List<ValueMatch> values(
      FieldValue list, Function<String, Parsed<ValueMatch>> form) {
    return list.isPresent()
        ? list.list(MOST, item -> item.parse(form, new ValueMatch.Present()))
        : List.of();
  }

  private Condition when(RecordBinder when) {
    ConditionKey key = when.required("key").parse(ConditionKey::parse, ConditionKey.STAND_IN);
    Function<String, Parsed<ValueMatch>> form =
        switch (key.attribute()) {
          case PRINCIPAL -> MatchForms::principal;
          case TRUST_DOMAIN -> MatchForms::trustDomain;
          case NAMESPACE -> MatchForms::namespace;
          case SERVICE_ACCOUNT -> this::account;
          case SOURCE_IP, REMOTE_IP, DESTINATION_IP -> MatchForms::addresses;
          case DESTINATION_PORT -> MatchForms::port;
          case SNI -> MatchForms::serverName;
          case HEADER, HOST, METHOD, PATH -> MatchForms::text;
        };
    List<ValueMatch> values = values(when.optional("values"), form);
    List<ValueMatch> notValues = values(when.optional("notValues"), form);
    if (values.isEmpty() && notValues.isEmpty()) {
      when.error("a condition without values", "write `values` or `notValues`");
    }
    return new Condition(key.attribute(), key.name(), values, notValues);
  }

  private Parsed<ValueMatch> account(String written) {
    return MatchForms.account(written, namespace);
  }
}
