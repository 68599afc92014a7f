package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.GatewayClient;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// TLS to hosts below a wildcard, started by the gateway or by the application.
class WildcardTlsTest extends WildcardScenario {
  @Test
  void theGatewayStartsTlsAndVerifiesTheNameThatWasAskedFor() {
    assertThat(get(mesh.sleepAApplication(), "one.upgraded.test", "/anything").status())
        .isEqualTo(200);
    JsonObject echo =
        ((Answer.Response) get(mesh.sleepAApplication(), "a.deep.upgraded.test", "/anything"))
            .json();
    assertThat(echo.get("url").getAsString())
        .isEqualTo("https://a.deep.upgraded.test:" + https + "/anything");
    assertThat(echo.get("headers").getAsJsonObject().keySet())
        .noneMatch(name -> name.startsWith("x-"));
    // there is a connection to that address already, for another name
    assertThat(text(unanswered("two.upgraded.test"), "upstream_transport_failure")).contains("SAN");
  }

  @Test
  void tlsOfTheApplicationIsCarriedToTheNameThatItAsksFor() {
    for (String host :
        new String[] {"one.granted.test", "a.deep.granted.test", "one.upgraded.test"}) {
      assertThat(tls(host).status()).as(host).isEqualTo(200);
    }
  }

  /// DNS does not know that name.
  @Test
  void tlsToAFixedAddressBelowAWildcardIsCarried() {
    assertThat(dns.queries("alias.granted.test")).isZero();
    assertThat(tls("alias.granted.test").status()).isEqualTo(200);
    assertThat(dns.queries("alias.granted.test")).isZero();
  }

  @Test
  void tlsToOtherNamesIsReset() {
    for (String host :
        new String[] {"granted.test", "evilgranted.test", "one.granted.test.evil.example"}) {
      assertThat(tls(host)).as(host).isInstanceOf(Answer.Closed.class);
    }
  }

  @Test
  void tlsToPrivateAnswersIsReset() {
    dns.answer("private.granted.test", notGranted);
    for (String host : new String[] {"private.granted.test", "missing.granted.test"}) {
      int logged = mesh.gateway().accessLog().size();
      assertThat(tls(host)).as(host).isInstanceOf(Answer.Closed.class);
      JsonObject line =
          mesh.gateway()
              .awaitLog(
                  host,
                  logged,
                  entry ->
                      text(entry, "requested_server_name").equals(host)
                          && text(entry, "filter_chain").startsWith("inner_"));
      assertThat(text(line, "reason")).isEqualTo("host_not_resolved");
    }
  }

  /// What the hop asks for must not let other names in, past the sidecar.
  @Test
  void theHopOfAWildcardLetsOnlyNamesBelowThrough() {
    String client = "mytest-sleep-a";
    assertThat(through(client, "one.granted.test").status()).isEqualTo(200);
    assertThat(through(client, "granted.test")).isInstanceOf(Answer.Closed.class);
    assertThat(through(client, "one.upgraded.test")).isInstanceOf(Answer.Closed.class);
    assertThat(through(client, "one.granted.test:" + https, "one.granted.test").status())
        .isEqualTo(403);
    assertThat(through("default-nginx", "one.granted.test").status()).isEqualTo(403);
  }

  @Test
  void aRuleThatGoesTakesItsNamesAlong() {
    mesh.documents().write("policy.yaml", policy().replace(WILDCARD, "*.else.test"));
    try {
      awaitStatus(mesh.sleepAApplication(), "one.granted.test", 502);
      Await.until(
          "the gateway refuses, too",
          LIMIT,
          () -> atGateway("mytest-sleep-a", "one.granted.test").status() == 403);
      assertThat(tls("one.granted.test")).isInstanceOf(Answer.Closed.class);
    } finally {
      mesh.documents().write("policy.yaml", policy());
      awaitStatus(mesh.sleepAApplication(), "one.granted.test", 200);
    }
  }

  private Answer through(String proxy, String name) {
    return through(proxy, "wildcard-.granted.test:" + https, name);
  }

  /// With a client of its own: one that was connected before would ask for the same name again.
  private Answer through(String proxy, String authority, String name) {
    GatewayClient client = GatewayClient.of(mesh.bootstrap(proxy));
    return client.request(
        new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayPassthrough()),
        "outbound_.444_.tcp_.egressgateway.istio-egress",
        authority,
        applicationTls(),
        Optional.of(name),
        "GET /get HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
}
