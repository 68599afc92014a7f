package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.GatewayClient;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.e2e.harness.RawHttp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// Straight to the gateway's port for TLS, past the sidecars: who it is, where the hop says it is
/// to go, and the server name inside it must agree.
class TunnelDefenceTest extends BackendScenario {
  private static final String HOP = "outbound_.443_._.httpbin.org";
  private static final String REQUEST =
      "GET /get HTTP/1.1\r\nHost: httpbin.org\r\nConnection: close\r\n\r\n";

  @BeforeParameterizedClassInvocation
  void bringThePolicyIntoForce() {
    mesh.documents().apply("https-passthrough.yaml");
    awaitTls(mesh.sleepAApplication(), "httpbin.org", true);
  }

  @Test
  void theAllowedWorkloadPassesWithTheRightNameInside() {
    assertThat(through("mytest-sleep-a", HOP, Optional.of("httpbin.org")).status()).isEqualTo(200);
    assertThat(through("mytest-sleep-a", HOP, Optional.of("HTTPBIN.org")).status()).isEqualTo(200);
  }

  @Test
  void anotherWorkloadIsRefusedByRbac() {
    JsonObject line = refused("default-nginx", HOP, Optional.of("httpbin.org"), "not_granted");
    assertThat(text(line, "connection_termination_details"))
        .isEqualTo("rbac_access_denied_matched_policy[none]");
    assertThat(text(line, "downstream_peer"))
        .isEqualTo("spiffe://cluster.local/ns/default/sa/nginx");
    assertThat(text(line, "granted_by")).isEqualTo("no-rule");
  }

  @Test
  void anotherNameInsideIsRefused() {
    for (String name : new String[] {"www.httpbin.org", "evil.example", "sub.httpbin.org"}) {
      JsonObject line = refused("mytest-sleep-a", HOP, Optional.of(name), "inner_sni_mismatch");
      assertThat(text(line, "requested_server_name")).isEqualTo(name);
      assertThat(text(line, "upstream_cluster")).isEqualTo("BlackHoleCluster");
    }
  }

  @Test
  void noNameInsideIsRefused() {
    refused("mytest-sleep-a", HOP, Optional.empty(), "inner_sni_missing");
  }

  @Test
  void aDestinationThatNoRuleNamesIsRefused() {
    for (String hop :
        new String[] {
          "outbound_.443_._.evil.example", "outbound_.80_._.httpbin.org", "httpbin.org"
        }) {
      refused("mytest-sleep-a", hop, Optional.of("httpbin.org"), "unknown_destination");
    }
  }

  @Test
  void whatIsNotTlsInsideIsRefused() throws IOException {
    int logged = mesh.gateway().accessLog().size();
    try (Socket hop = client("mytest-sleep-a").dial(gateway(), Optional.of(HOP))) {
      assertThat(RawHttp.exchange(hop, REQUEST)).isInstanceOf(Answer.Closed.class);
    }
    awaitReason("inner_not_tls", logged);
  }

  @Test
  void noCertificateNoConnection() {
    GatewayClient nobody =
        new GatewayClient(
            PretendAuthority.clientContext(GatewayClient.trusted(proxy("mytest-sleep-a"))));
    int logged = mesh.gateway().accessLog().size();
    assertThat(
            nobody.request(gateway(), HOP, applicationTls(), Optional.of("httpbin.org"), REQUEST))
        .isInstanceOf(Answer.Closed.class);
    JsonObject line =
        mesh.gateway()
            .awaitLog(
                "the failed handshake",
                logged,
                entry -> !text(entry, "downstream_transport_failure").isEmpty());
    assertThat(text(line, "policy")).isEqualTo("no-rule");
    assertThat(mesh.gateway().accessLog().size()).as("one line").isEqualTo(logged + 1);
  }

  private JsonObject refused(String proxy, String hop, Optional<String> inner, String reason) {
    int logged = mesh.gateway().accessLog().size();
    long seen = mesh.internet().requests();
    assertThat(through(proxy, hop, inner)).isInstanceOf(Answer.Closed.class);
    JsonObject line = awaitReason(reason, logged);
    assertThat(text(line, "policy")).isEqualTo("no-rule");
    assertThat(mesh.internet().requests()).isEqualTo(seen);
    return line;
  }

  private JsonObject awaitReason(String reason, int logged) {
    return mesh.gateway().awaitLog(reason, logged, entry -> text(entry, "reason").equals(reason));
  }

  private Answer through(String proxy, String hop, Optional<String> inner) {
    return client(proxy).request(gateway(), hop, applicationTls(), inner, REQUEST);
  }

  private GatewayClient client(String name) {
    return GatewayClient.of(proxy(name));
  }

  private InetSocketAddress gateway() {
    return new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayPassthrough());
  }

  private Path proxy(String name) {
    return mesh.bootstrap(name);
  }
}
