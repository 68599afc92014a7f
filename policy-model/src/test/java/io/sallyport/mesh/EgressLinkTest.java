package io.sallyport.mesh;

import static io.sallyport.mesh.Linking.assertOneError;
import static io.sallyport.mesh.Linking.errors;
import static io.sallyport.mesh.Linking.form;
import static io.sallyport.mesh.Linking.link;
import static io.sallyport.mesh.Linking.routes;
import static io.sallyport.mesh.Written.app;
import static io.sallyport.mesh.Written.http;
import static io.sallyport.mesh.Written.mesh;
import static io.sallyport.mesh.Written.own;
import static io.sallyport.mesh.Written.policy;
import static io.sallyport.mesh.Written.rule;
import static io.sallyport.mesh.Written.to;
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
import io.sallyport.policy.Metadata;
import io.sallyport.policy.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What linking leaves in force of egress policies.
class EgressLinkTest {
  private static final Source SLEEP = app("mytest", "sleep-a");

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
