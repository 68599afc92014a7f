package io.sallyport.compile;

import static io.sallyport.compile.Views.SLEEP_A;
import static io.sallyport.compile.Views.external;
import static io.sallyport.compile.Views.gateway;
import static io.sallyport.compile.Views.grant;
import static io.sallyport.compile.Views.listener;
import static io.sallyport.compile.Views.rule;
import static io.sallyport.compile.Views.sidecar;
import static io.sallyport.compile.Views.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.mesh.ServicePort;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EnvoyCompilerTest {
  private final EnvoyCompiler compiler = new EnvoyCompiler();

  @Test
  void aSidecarGetsAHopClusterAndTheNameOfItsEndpoints() {
    ScopeView view = sidecar(to("httpbin.org", 80, rule(0, 0)));
    VersionedResource endpoints =
        compiler.endpoints(
            new ServiceEndpoints(
                new ServicePort("istio-egress", "egressgateway", 80),
                List.of(new ServiceEndpoints.Endpoint("127.0.2.1", 80))));

    assertThat(compiler.compile(view))
        .extracting(VersionedResource::name)
        .containsExactlyInAnyOrder(
            "virtualOutbound", "outbound_http", "BlackHoleCluster", endpoints.name());
  }

  @Test
  void aGatewayGetsAListenerRoutesAndAClusterForEachHost() {
    ScopeView view =
        gateway(
            List.of(),
            listener(80, 80, external("httpbin.org", 80, List.of(), grant(rule(0, 0), SLEEP_A))));

    assertThat(compiler.compile(view))
        .extracting(VersionedResource::name)
        .containsExactlyInAnyOrder("egress_80", "egress_80", "external|80||httpbin.org");
  }

  @Test
  void whatARuleAskedForNamesIt() {
    Origin first = rule(0, 0);
    Origin second = rule("partners", 1, 0);
    Map<String, List<String>> origins =
        origins(
            sidecar(to("a.example", 80, first), to("b.example", 80, second, first)),
            gateway(
                List.of(),
                listener(
                    80,
                    80,
                    external("a.example", 80, List.of(), grant(first, SLEEP_A)),
                    external("b.example", 80, List.of(), grant(second, SLEEP_A)))));

    String one =
        "ASMEgressTrafficPolicy istio-egress/egress-by-egressgateway spec.egressRules[0].to[0]";
    String two = "ASMEgressTrafficPolicy istio-egress/partners spec.egressRules[1].to[0]";
    String port = "Gateway istio-egress/egressgateway spec.listeners[0]";
    assertThat(origins)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "LISTENER virtualOutbound", List.of(),
                "ROUTE outbound_http", List.of(one, two),
                "CLUSTER BlackHoleCluster", List.of(),
                "CLUSTER outbound|80||egressgateway.istio-egress", List.of(one, two),
                "LISTENER egress_80", List.of(one, two, port),
                "ROUTE egress_80", List.of(one, two),
                "CLUSTER external|80||a.example", List.of(one),
                "CLUSTER external|80||b.example", List.of(two)));
  }

  @Test
  void aServiceWithoutEndpointsHasAnEmptyResource() throws Exception {
    VersionedResource resource =
        compiler.endpoints(
            new ServiceEndpoints(new ServicePort("istio-egress", "egressgateway", 80), List.of()));

    assertThat(resource.body().unpack(ClusterLoadAssignment.class))
        .isEqualTo(
            ClusterLoadAssignment.newBuilder()
                .setClusterName("outbound|80||egressgateway.istio-egress")
                .build());
  }

  @Test
  void aViewThatCannotBeIsAProgrammersMistake() {
    ListenOptions nowhere = new ListenOptions(Interception.REDIRECT, "localhost", "", "");

    assertThatThrownBy(() -> compiler.compile(sidecar(nowhere)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("localhost");
  }

  private Map<String, List<String>> origins(ScopeView... views) {
    Map<String, List<String>> origins = new TreeMap<>();
    for (ScopeView view : views) {
      for (VersionedResource resource : compiler.compile(view)) {
        origins.put(
            resource.type() + " " + resource.name(),
            resource.origins().stream().map(Object::toString).toList());
      }
    }
    return origins;
  }
}
