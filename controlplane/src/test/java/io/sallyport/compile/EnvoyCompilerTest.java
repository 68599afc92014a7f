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

import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.mesh.ServicePort;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;
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
}
