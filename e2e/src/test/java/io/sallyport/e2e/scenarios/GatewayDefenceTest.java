package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.GatewayClient;
import io.sallyport.e2e.harness.PretendAuthority;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// Straight to the gateway, past the sidecars: the gateway decides by the client's SPIFFE ID alone.
class GatewayDefenceTest extends BackendScenario {
  private static final String SLEEP_A = "spiffe://cluster.local/ns/mytest/sa/sleep-a";
  private static final String REQUEST =
      "GET /get HTTP/1.1\r\nHost: httpbin.org\r\nConnection: close\r\n\r\n";

  private final Optional<String> hopName =
      Optional.of("outbound_.80_._.egressgateway.istio-egress");

  @BeforeParameterizedClassInvocation
  void bringThePolicyIntoForce() {
    onlyHttpPolicy();
  }

  @Test
  void theCertificateOfAnAllowedWorkloadPasses() {
    assertThat(dial(GatewayClient.of(proxy("mytest-sleep-a"))).status()).isEqualTo(200);
  }

  @Test
  void theServerNameOfTheHopDecidesNothing() {
    for (Optional<String> name :
        List.of(
            Optional.<String>empty(), Optional.of("httpbin.org"), Optional.of("evil.example"))) {
      assertThat(
              GatewayClient.of(proxy("mytest-sleep-a")).request(gateway(), name, REQUEST).status())
          .isEqualTo(200);
      assertThat(
              GatewayClient.of(proxy("default-nginx")).request(gateway(), name, REQUEST).status())
          .isEqualTo(403);
    }
  }

  @Test
  void aValidCertificateWithoutARuleIsRefused() {
    long seen = mesh.internet().requests();
    Answer answer = dial(GatewayClient.of(proxy("default-nginx")));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(((Answer.Response) answer).body()).isEqualTo("RBAC: access denied");
    assertThat(mesh.internet().requests()).isEqualTo(seen);
  }

  @Test
  void aHostThatNoRuleNamesIsRefused() {
    for (String host : List.of("evil.example", "127.0.0.1", "localhost:15000", "")) {
      Answer answer =
          GatewayClient.of(proxy("mytest-sleep-a"))
              .request(
                  gateway(),
                  hopName,
                  "GET /get HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      assertThat(answer.status()).as(host).isIn(400, 403, 404, 502);
    }
  }

  @Test
  void aForgedForwardedCertificateHeaderChangesNothing() {
    Answer answer =
        GatewayClient.of(proxy("default-nginx"))
            .request(
                gateway(),
                hopName,
                "GET /get HTTP/1.1\r\nHost: httpbin.org\r\nConnection: close\r\n"
                    + "X-Forwarded-Client-Cert: By=x;URI="
                    + SLEEP_A
                    + "\r\n\r\n");
    assertThat(answer.status()).isEqualTo(403);
  }

  @Test
  void noCertificateNoConnection() {
    GatewayClient client =
        new GatewayClient(
            PretendAuthority.clientContext(GatewayClient.trusted(proxy("mytest-sleep-a"))));
    assertThat(dial(client)).isInstanceOf(Answer.Closed.class);
  }

  @Test
  void aForeignAuthorityNoConnection() {
    assertThat(dial(foreign(Duration.ofHours(1)))).isInstanceOf(Answer.Closed.class);
  }

  @Test
  void plaintextNoConnection() throws Exception {
    try (java.net.Socket socket =
        new java.net.Socket(gateway().getAddress(), gateway().getPort())) {
      socket.setSoTimeout(10_000);
      assertThat(io.sallyport.e2e.harness.RawHttp.exchange(socket, REQUEST))
          .isInstanceOf(Answer.Closed.class);
    }
  }

  private GatewayClient foreign(Duration lifetime) {
    PretendAuthority authority = new PretendAuthority("foreign");
    List<GeneralName> names =
        List.of(new GeneralName(GeneralName.uniformResourceIdentifier, SLEEP_A));
    return new GatewayClient(
        authority.issue(names, lifetime).context(GatewayClient.trusted(proxy("mytest-sleep-a"))));
  }

  private Answer dial(GatewayClient client) {
    return client.request(gateway(), hopName, REQUEST);
  }

  private InetSocketAddress gateway() {
    return new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayHttp());
  }

  private Path proxy(String name) {
    return mesh.bootstrap(name);
  }
}
