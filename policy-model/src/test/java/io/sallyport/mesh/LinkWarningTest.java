package io.sallyport.mesh;

import static io.sallyport.mesh.Linking.errors;
import static io.sallyport.mesh.Linking.link;
import static io.sallyport.mesh.Linking.routes;
import static io.sallyport.mesh.Linking.warnings;
import static io.sallyport.mesh.Written.app;
import static io.sallyport.mesh.Written.gateway;
import static io.sallyport.mesh.Written.http;
import static io.sallyport.mesh.Written.own;
import static io.sallyport.mesh.Written.proxy;
import static io.sallyport.mesh.Written.rule;
import static io.sallyport.mesh.Written.sidecar;
import static io.sallyport.mesh.Written.to;
import static io.sallyport.mesh.Written.workload;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.WorkloadEntry;
import io.sallyport.policy.problem.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What linking warns of.
class LinkWarningTest {
  private static final Source SLEEP = app("mytest", "sleep-a");

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
}
