package io.sallyport.mesh;

import static io.sallyport.mesh.Written.app;
import static io.sallyport.mesh.Written.gateway;
import static io.sallyport.mesh.Written.http;
import static io.sallyport.mesh.Written.mesh;
import static io.sallyport.mesh.Written.own;
import static io.sallyport.mesh.Written.policy;
import static io.sallyport.mesh.Written.proxy;
import static io.sallyport.mesh.Written.rule;
import static io.sallyport.mesh.Written.sidecar;
import static io.sallyport.mesh.Written.to;
import static io.sallyport.mesh.Written.workload;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.EgressRule;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.EgressTrafficPolicy.Terms;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.Kind;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Resource;
import io.sallyport.policy.WorkloadEntry;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What linking says of egress policies, and what it leaves in force.
class EgressLinkTest {
  private static final Source SLEEP = app("mytest", "sleep-a");
  private static final Instant YESTERDAY = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant TODAY = Instant.parse("2026-01-02T00:00:00Z");

  private static Linked link(Resource... more) {
    return MeshModel.link(mesh(more));
  }

  /// The routes of mytest/sleep-a, as `host:port>gateway:port`.
  private static List<String> routes(Linked linked) {
    MeshModel model = linked.model();
    Workload workload = model.workload("mytest", "sleep-a").orElseThrow();
    SidecarView view = (SidecarView) model.view(model.scope(workload, ListenOptions.DEFAULT));
    return view.routes().stream().map(EgressLinkTest::text).toList();
  }

  private static String text(OutboundRoute route) {
    ServicePort hop = route.hop().service();
    return route.host() + ":" + route.port() + ">" + hop.name() + ":" + hop.port();
  }

  private static List<Problem> errors(Linked linked) {
    return linked.problems().stream().filter(p -> p.severity() == Severity.ERROR).toList();
  }

  private static List<String> warnings(Linked linked) {
    return linked.problems().stream()
        .filter(p -> p.severity() == Severity.WARNING)
        .map(p -> p.field() + ": " + p.message())
        .toList();
  }

  private static Form form(Linked linked, Resource resource) {
    return requireNonNull(linked.documents().get(resource.key())).form();
  }

  private static void assertOneError(
      Linked linked, Resource resource, String field, String message, String help) {
    assertThat(errors(linked)).hasSize(1);
    Problem problem = errors(linked).get(0);
    assertThat(problem.message()).isEqualTo(message);
    assertThat(problem.field().text()).isEqualTo(field);
    assertThat(problem.resource()).contains(resource.key());
    assertThat(problem.help()).isEqualTo(help);
    assertThat(problem.position()).isPresent();
  }

  @Test
  void aMeshWithoutMistakesHasNoProblems() {
    Linked linked = link(policy("egressgateway", rule(SLEEP, to(80, 80, "httpbin.org"))));

    assertThat(linked.problems()).isEmpty();
    assertThat(linked.documents().values())
        .allSatisfy(state -> assertThat(state.form()).isEqualTo(Form.NEWEST));
  }

  @Test
  void anUnknownGatewayGrantsNothingAndNamesTheNearest() {
    EgressTrafficPolicy policy = policy("egresgateway", rule(SLEEP, to(80, 80, "httpbin.org")));
    Linked linked = link(policy);

    assertOneError(
        linked,
        policy,
        "spec.byEgressGateway.name",
        "unknown egress gateway `egresgateway` in namespace istio-egress",
        "did you mean `egressgateway`?");
    assertThat(form(linked, policy)).isEqualTo(Form.NONE);
    assertThat(routes(linked)).isEmpty();
  }

  @Test
  void aFarGatewayNameListsThoseThatAreThere() {
    Linked linked = link(own("p", "zzz", rule(SLEEP, to(80, 80, "httpbin.org"))));

    assertThat(errors(linked))
        .extracting(Problem::help)
        .containsExactly("egress gateways of that namespace: egressgateway");
  }

  @Test
  void anIngressGatewayIsNoEgressGateway() {
    Gateway ingress =
        new Gateway(
            Kind.GATEWAY,
            Metadata.of("istio-egress", "in"),
            GatewayClass.SALLYPORT_INGRESS,
            List.of(http(80)));
    EgressTrafficPolicy policy = own("p", "in", rule(SLEEP, to(80, 80, "httpbin.org")));
    Linked linked = link(ingress, policy);

    assertOneError(
        linked,
        policy,
        "spec.byEgressGateway.name",
        "gateway istio-egress/in is not an egress gateway",
        "it needs `gatewayClassName: sallyport-egress`");
    assertThat(errors(linked).get(0).related()).hasSize(1);
  }

  @Test
  void anUnknownGatewayPortListsThePortsAndTakesOnlyItsDestinationOutOfForce() {
    EgressTrafficPolicy policy =
        own("p", "egressgateway", rule(SLEEP, to(80, 81, "a.test"), to(80, 80, "b.test")));
    Linked linked = link(policy);

    assertOneError(
        linked,
        policy,
        "spec.egressRules[0].to[0].byEgressGateway.port",
        "gateway istio-egress/egressgateway has no port 81",
        "its ports: 80 (HTTP), 443 (TLS), 8080 (HTTP), 15443 (TLS)");
    assertThat(form(linked, policy)).isEqualTo(Form.PARTLY);
    assertThat(routes(linked)).containsExactly("b.test:80>egressgateway:80");
  }

  @Test
  void aGatewayPortOfAnotherProtocolIsRefused() {
    EgressTrafficPolicy policy = own("p", "egressgateway", rule(SLEEP, to(80, 443, "a.test")));
    Linked linked = link(policy);

    assertOneError(
        linked,
        policy,
        "spec.egressRules[0].to[0].byEgressGateway.port",
        "port 443 of gateway istio-egress/egressgateway carries TLS, expected HTTP",
        "its ports: 80 (HTTP), 443 (TLS), 8080 (HTTP), 15443 (TLS)");
    assertThat(routes(linked)).isEmpty();
  }

  @Test
  void ofTwoRulesThatGoDifferentWaysTheOlderIsKept() {
    EgressTrafficPolicy older =
        own("z", "egressgateway", Optional.of(YESTERDAY), rule(SLEEP, to(80, 80, "a.test")));
    EgressTrafficPolicy younger =
        own(
            "a",
            "egressgateway",
            Optional.of(TODAY),
            rule(SLEEP, to(80, 8080, "x.test", "a.test"), to(80, 8080, "b.test")));
    Linked linked = link(older, younger);

    assertOneError(
        linked,
        younger,
        "spec.egressRules[0].to[0].byEgressGateway.port",
        "two rules send a.test:80 to different gateway ports, 8080 and 80",
        "this destination is out of force; kept is EgressTrafficPolicy istio-egress/z, the older or"
            + " the first by name");
    assertThat(errors(linked).get(0).related())
        .extracting(related -> related.position().file() + " " + related.note())
        .containsExactly("z.yaml kept: 80");
    assertThat(routes(linked))
        .containsExactly("a.test:80>egressgateway:80", "b.test:80>egressgateway:8080");
  }

  @Test
  void withoutAgesTheFirstNameIsKeptAndInOneDocumentTheFirstRule() {
    Linked byName =
        link(
            own("b", "egressgateway", rule(SLEEP, to(80, 8080, "a.test"))),
            own("a", "egressgateway", rule(SLEEP, to(80, 80, "a.test"))));
    assertThat(routes(byName)).containsExactly("a.test:80>egressgateway:80");

    EgressTrafficPolicy one =
        own(
            "a",
            "egressgateway",
            rule(SLEEP, to(80, 8080, "a.test")),
            rule(new Source("mytest", Map.of()), to(80, 80, "a.test")));
    Linked byRule = link(one);
    assertThat(routes(byRule)).containsExactly("a.test:80>egressgateway:8080");
    assertThat(errors(byRule))
        .extracting(Problem::help)
        .containsExactly("this destination is out of force; kept is the earlier rule");
  }

  @Test
  void aDocumentWithAnAgeIsOlderThanOneWithout() {
    Linked linked =
        link(
            own("a", "egressgateway", rule(SLEEP, to(80, 8080, "a.test"))),
            own("b", "egressgateway", Optional.of(TODAY), rule(SLEEP, to(80, 80, "a.test"))));

    assertThat(routes(linked)).containsExactly("a.test:80>egressgateway:80");
  }

  @Test
  void differentGatewaysForOneHostContradict() {
    Linked linked =
        link(
            gateway("second", http(80)),
            proxy("second-0", "second", "127.0.2.2"),
            own("a", "egressgateway", rule(SLEEP, to(80, 80, "a.test"))),
            own("b", "second", rule(SLEEP, to(80, 80, "a.test"))));

    assertThat(errors(linked))
        .extracting(Problem::message)
        .containsExactly(
            "two rules send a.test:80 to different gateways, istio-egress/second and"
                + " istio-egress/egressgateway");
    assertThat(routes(linked)).containsExactly("a.test:80>egressgateway:80");
  }

  @Test
  void sourcesThatCannotOverlapDoNotContradict() {
    Linked linked =
        link(
            own("a", "egressgateway", rule(SLEEP, to(80, 80, "a.test"))),
            own("b", "egressgateway", rule(app("mytest", "other"), to(80, 8080, "a.test"))),
            own("c", "egressgateway", rule(app("default", "sleep-a"), to(80, 8080, "a.test"))));

    assertThat(errors(linked)).isEmpty();
  }

  @Test
  void sourcesOverlapWhereNoLabelTellsThemApart() {
    Source byOtherLabel = new Source("mytest", Map.of("tier", "front"));
    Linked linked =
        link(
            own("a", "egressgateway", rule(SLEEP, to(80, 80, "a.test"))),
            own("b", "egressgateway", rule(byOtherLabel, to(80, 8080, "a.test"))));

    assertThat(errors(linked)).hasSize(1);
  }

  @Test
  void oneGatewayPortCanNotDialTwoPortsOfOneHost() {
    EgressTrafficPolicy second =
        own("b", "egressgateway", rule(app("default", "nginx"), to(8000, 80, "a.test")));
    Linked linked = link(own("a", "egressgateway", rule(SLEEP, to(80, 80, "a.test"))), second);

    assertOneError(
        linked,
        second,
        "spec.egressRules[0].to[0].port.number",
        "two rules have port 80 of gateway istio-egress/egressgateway dial different ports of"
            + " a.test, 8000 and 80",
        "this destination is out of force; kept is EgressTrafficPolicy istio-egress/a, the older or"
            + " the first by name");
  }

  @Test
  void aContradictionInOneNamespaceLeavesTheSameDestinationOfOthersAlone() {
    Linked linked =
        link(
            own("a", "egressgateway", rule(app("default", "nginx"), to(80, 8080, "a.test"))),
            own("b", "egressgateway", rule(SLEEP, to(80, 80, "a.test"))),
            own("c", "egressgateway", rule(app("default", "nginx"), to(80, 80, "a.test"))));

    assertThat(errors(linked)).hasSize(1);
    assertThat(routes(linked)).containsExactly("a.test:80>egressgateway:80");
  }

  @Test
  void asmsConventionsAreWarnedOfForItsKindOnly() {
    EgressTrafficPolicy odd =
        new EgressTrafficPolicy(
            Kind.ASM_EGRESS_TRAFFIC_POLICY,
            Metadata.of("egress", "odd"),
            "g",
            List.of(rule(SLEEP, to(80, 80, "a.test"))));
    Gateway gateway =
        new Gateway(
            Kind.GATEWAY,
            Metadata.of("egress", "g"),
            GatewayClass.SALLYPORT_EGRESS,
            List.of(http(80)));
    WorkloadEntry proxy =
        workload(
            "egress",
            "g-0",
            "127.0.2.3",
            "g",
            Map.of("gateway.networking.k8s.io/gateway-name", "g"));
    Linked linked = link(odd, gateway, proxy);

    assertThat(errors(linked)).isEmpty();
    assertThat(warnings(linked))
        .containsExactly(
            "metadata.namespace: ASM keeps this policy in namespace `istio-egress`, got `egress`",
            "metadata.name: ASM names this policy `egress-by-g`, got `odd`");
    assertThat(routes(linked)).containsExactly("a.test:80>g:80");
  }

  @Test
  void aSelectorThatSelectsNobodyIsWarnedOf() {
    Linked linked =
        link(
            own(
                "p",
                "egressgateway",
                rule(app("mytest", "sleep-b"), to(80, 80, "a.test")),
                rule(new Source("empty", Map.of()), to(80, 80, "b.test"))));

    assertThat(warnings(linked))
        .containsExactly(
            "spec.egressRules[1].from[0].namespace: no workload of namespace empty",
            "spec.egressRules[0].from[0].workloadSelector: no workload of namespace mytest with"
                + " app=sleep-b");
  }

  @Test
  void aSelectorThatSelectsNobodySuggestsWhatIsNear() {
    assertThat(suggestion(app("mytest", "sleep-b"))).isEqualTo("did you mean `app: sleep-a`?");
    assertThat(suggestion(new Source("mytest", Map.of("ap", "sleep-a"))))
        .isEqualTo("did you mean `app: sleep-a`?");
    assertThat(suggestion(app("mytets", "sleep-a"))).isEqualTo("did you mean namespace `mytest`?");
    assertThat(suggestion(app("mytest", "database"))).isEmpty();
    assertThat(suggestion(new Source("mytest", Map.of("app", "sleep-a", "tier", "x")))).isEmpty();
  }

  private static String suggestion(Source source) {
    Linked linked = link(own("p", "egressgateway", rule(source, to(80, 80, "a.test"))));
    assertThat(linked.problems()).hasSize(1);
    return linked.problems().get(0).help();
  }

  @Test
  void anAccountSharedWithWhoIsNotSelectedIsWarnedOf() {
    WorkloadEntry twin = workload("mytest", "twin", "127.0.1.9", "sleep-a", Map.of("app", "twin"));
    Linked linked = link(twin, own("p", "egressgateway", rule(SLEEP, to(80, 80, "a.test"))));

    assertThat(warnings(linked))
        .containsExactly(
            "spec.egressRules[0].from: the rule selects mytest/sleep-a but not mytest/twin, and"
                + " both are service account `sleep-a`");
  }

  @Test
  void anAccountSharedByAGatewayAndASidecarIsWarnedOf() {
    Linked linked = link(workload("istio-egress", "app", "127.0.1.9", "egressgateway", Map.of()));

    assertThat(warnings(linked))
        .containsExactly(
            "spec.serviceAccount: workload istio-egress/app shares service account"
                + " `egressgateway` with istio-egress/egressgateway-0, a proxy of a gateway");
  }

  @Test
  void gatewaysWithoutProxiesAndProxiesThatCanNotListenAreWarnedOf() {
    WorkloadEntry odd =
        new WorkloadEntry(
            Metadata.of("istio-egress", "odd-0"),
            "odd.example",
            Map.of("http-80", 9000, "http-8080", 9000, "metrics", 9090),
            Map.of("gateway.networking.k8s.io/gateway-name", "egressgateway"),
            "egressgateway");
    Linked linked = link(gateway("lonely", http(80)), odd);

    assertThat(warnings(linked))
        .containsExactlyInAnyOrder(
            "metadata.name: gateway istio-egress/lonely has no proxies",
            "spec.address: a proxy of a gateway needs an IP address, got `odd.example`",
            "spec.ports.metrics: gateway istio-egress/egressgateway has no listener `metrics`");
    assertThat(errors(linked))
        .extracting(Problem::message)
        .containsExactly(
            "listeners `http-80` and `http-8080` of gateway istio-egress/egressgateway both get"
                + " port 9000");
  }

  @Test
  void twoSpellingsOfOneGatewayAreAnError() {
    Gateway twin =
        new Gateway(
            Kind.ISTIO_GATEWAY,
            Metadata.of("istio-egress", "egressgateway"),
            GatewayClass.SALLYPORT_EGRESS,
            List.of(http(99)));
    Linked linked = link(twin, own("p", "egressgateway", rule(SLEEP, to(80, 80, "a.test"))));

    assertOneError(
        linked,
        twin,
        "metadata.name",
        "gateway istio-egress/egressgateway is written twice, as Gateway and as IstioGateway",
        "delete one of them");
    assertThat(routes(linked)).hasSize(1);
  }

  @Test
  void aSecondMeshConfigIsAnError() {
    MeshConfig standard = MeshConfig.DEFAULT;
    MeshConfig second =
        new MeshConfig(
            Metadata.of("", "other"),
            "other.test",
            standard.outboundMode(),
            standard.rootNamespace(),
            standard.dns(),
            standard.externalTrust(),
            standard.certificates());
    Linked linked = link(standard, second);

    assertOneError(linked, second, "", "a second MeshConfig", "a mesh has one; delete one of them");
    assertThat(linked.model().config()).isEqualTo(standard);
  }

  @Test
  void aGatewaysOwnProxiesAreNobodysSource() {
    Linked linked =
        link(
            sidecar("istio-egress", "app"),
            own(
                "p",
                "egressgateway",
                rule(new Source("istio-egress", Map.of()), to(80, 80, "a.test"))));
    MeshModel model = linked.model();
    Workload proxy = model.workload("istio-egress", "egressgateway-0").orElseThrow();
    ScopeView.EgressGatewayView view =
        (ScopeView.EgressGatewayView) model.view(model.scope(proxy, ListenOptions.DEFAULT));

    assertThat(view.listeners().get(0).routes().get(0).grants().get(0).principals())
        .containsExactly("spiffe://cluster.local/ns/istio-egress/sa/app");
  }

  @Test
  void aRuleThatIsOverGrantsNothing() {
    Instant end = Instant.parse("2026-03-01T00:00:00Z");
    EgressRule lasting = rule(app("mytest", "sleep-a"), to(80, 80, "lasting.example"));
    EgressRule ending =
        new EgressRule(
            List.of(app("mytest", "sleep-a")),
            List.of(to(80, 80, "ending.example")),
            new Terms(Optional.of(end), "team-a", "", false));
    ResourceImage image = mesh(own("p", "egressgateway", lasting, ending));

    Linked before = MeshModel.link(image.at(end.minusNanos(1)));
    assertThat(hosts(before)).containsExactly("ending.example", "lasting.example");
    assertThat(before.changesAt()).contains(end);
    assertThat(before.problems()).extracting(Problem::message).anyMatch(m -> m.contains("ends at"));

    Linked after = MeshModel.link(image.at(end));
    assertThat(hosts(after)).containsExactly("lasting.example");
    assertThat(after.changesAt()).isEmpty();
    assertThat(after.problems()).extracting(Problem::message).anyMatch(m -> m.contains("is over"));

    Linked early = MeshModel.link(image.at(end.minus(Duration.ofDays(30))));
    assertThat(early.problems()).isEmpty();
    assertThat(early.changesAt()).contains(end.minus(Duration.ofDays(7)));
    assertThat(hosts(MeshModel.link(image)))
        .as("without a time")
        .containsExactly("lasting.example");
  }

  private static List<String> hosts(Linked linked) {
    MeshModel model = linked.model();
    Scope scope =
        model.scope(model.workload("mytest", "sleep-a").orElseThrow(), ListenOptions.DEFAULT);
    return ((SidecarView) model.view(scope)).routes().stream().map(OutboundRoute::host).toList();
  }
}
