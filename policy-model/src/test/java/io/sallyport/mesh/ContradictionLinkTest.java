package io.sallyport.mesh;

import static io.sallyport.mesh.Linking.assertOneError;
import static io.sallyport.mesh.Linking.errors;
import static io.sallyport.mesh.Linking.link;
import static io.sallyport.mesh.Linking.routes;
import static io.sallyport.mesh.Written.app;
import static io.sallyport.mesh.Written.gateway;
import static io.sallyport.mesh.Written.http;
import static io.sallyport.mesh.Written.own;
import static io.sallyport.mesh.Written.proxy;
import static io.sallyport.mesh.Written.rule;
import static io.sallyport.mesh.Written.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.Kind;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What becomes of rules and documents that contradict each other.
class ContradictionLinkTest {
  private static final Source SLEEP = app("mytest", "sleep-a");
  private static final Instant YESTERDAY = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant TODAY = Instant.parse("2026-01-02T00:00:00Z");

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
}
