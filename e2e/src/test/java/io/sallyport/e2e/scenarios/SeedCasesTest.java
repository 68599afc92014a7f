package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Proxy;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The seed cases 0 (no policy), 1 (HTTP) and 2 (HTTPS upgrade), row by row, and ruling F: a
/// blocked request answers 502 on every port. Cases 3 and 4 are [TunnelsTest]'s.
class SeedCasesTest extends BackendScenario {
  static Stream<Arguments> hosts() {
    return Stream.of(
        Arguments.of("www.httpbin.org", "/"),
        Arguments.of("httpbin.org", "/get"),
        Arguments.of("unknown.example", "/"));
  }

  @ParameterizedTest
  @MethodSource("hosts")
  void withoutAPolicyHttpAnswers502(String host, String path) {
    noPolicy();
    assertThat(get(mesh.sleepAApplication(), host, path).status()).isEqualTo(502);
    assertThat(get(mesh.nginxApplication(), host, path).status()).isEqualTo(502);
  }

  @Test
  void withoutAPolicyHttpAnswers502OnEveryPort() {
    noPolicy();
    for (int port : new int[] {81, 8080, 9, 15090, 443, 65535}) {
      Answer answer = mesh.sleepAApplication().get("www.httpbin.org", port, "/");
      assertThat(answer.status()).as("port %d", port).isEqualTo(502);
    }
  }

  @Test
  void withoutAPolicyTlsIsResetAndLoggedWithTheBlackHole() {
    noPolicy();
    refusesTls(mesh.sleepAApplication(), mesh.sleepA());
    refusesTls(mesh.nginxApplication(), mesh.nginx());
  }

  private void refusesTls(Application application, Proxy sidecar) {
    SSLSocketFactory tls = applicationTls().getSocketFactory();
    int logged = sidecar.accessLog().size();
    long seen = mesh.internet().requests();

    Answer answer = application.https(tls, "www.httpbin.org", mesh.layout().https(), "/");

    assertThat(answer).isInstanceOf(Answer.Closed.class);
    JsonObject line =
        sidecar.awaitLog(
            "the refused TLS connection",
            logged,
            entry -> text(entry, "requested_server_name").equals("www.httpbin.org"));
    assertThat(text(line, "upstream_cluster")).isEqualTo("BlackHoleCluster");
    assertThat(text(line, "policy")).isEqualTo("no-rule");
    assertThat(mesh.internet().requests()).isEqualTo(seen);
  }

  @Test
  void thePolicyLetsItsWorkloadThroughTheGatewayAndNobodyElse() {
    onlyHttpPolicy();
    for (String host : new String[] {"www.httpbin.org", "httpbin.org"}) {
      String path = unique("/anything");
      int atSidecar = mesh.sleepA().accessLog().size();
      int atGateway = mesh.gateway().accessLog().size();

      Answer answer = get(mesh.sleepAApplication(), host, path);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(((Answer.Response) answer).json().get("url").getAsString())
          .startsWith("http://" + host)
          .endsWith(path);
      JsonObject sidecarLine =
          mesh.sleepA().awaitLog("the request", atSidecar, e -> text(e, "path").equals(path));
      JsonObject gatewayLine =
          mesh.gateway().awaitLog("the request", atGateway, e -> text(e, "path").equals(path));
      for (JsonObject line : new JsonObject[] {sidecarLine, gatewayLine}) {
        assertThat(text(line, "policy")).isEqualTo("istio-egress/egress-by-egressgateway");
        assertThat(text(line, "rule")).isEqualTo("spec.egressRules[0].to[0]");
      }
      assertThat(gatewayLine.toString()).contains("spiffe://cluster.local/ns/mytest/sa/sleep-a");

      assertThat(get(mesh.nginxApplication(), host, path).status()).isEqualTo(502);
    }
  }

  @Test
  void otherHostsAndPortsStayBlockedUnderThePolicy() {
    onlyHttpPolicy();
    assertThat(get(mesh.sleepAApplication(), "www.alibabacloud.com", "/").status()).isEqualTo(502);
    assertThat(mesh.sleepAApplication().get("httpbin.org", 8080, "/get").status()).isEqualTo(502);
    refusesTls(mesh.sleepAApplication(), mesh.sleepA());
  }

  @Test
  void methodsAndStatusesPassUnchanged() {
    onlyHttpPolicy();
    Answer posted =
        mesh.sleepAApplication()
            .raw(
                "httpbin.org",
                httpPort(),
                "POST /post HTTP/1.1\r\n"
                    + "Host: httpbin.org\r\n"
                    + "Content-Length: 5\r\n"
                    + "Connection: close\r\n\r\n"
                    + "hello");
    assertThat(posted.status()).isEqualTo(200);
    assertThat(((Answer.Response) posted).json().get("data").getAsString()).isEqualTo("hello");
    for (int status : new int[] {204, 301, 404, 418, 500, 503}) {
      assertThat(get(mesh.sleepAApplication(), "httpbin.org", "/status/" + status).status())
          .isEqualTo(status);
    }
  }

  @Test
  void deletingThePolicyRevokesItWithoutARestart() {
    onlyHttpPolicy();
    String sidecar = mesh.sleepA().instance();
    noPolicy();
    assertThat(get(mesh.sleepAApplication(), "www.httpbin.org", "/").status()).isEqualTo(502);
    onlyHttpPolicy();
    assertThat(mesh.sleepA().instance()).isEqualTo(sidecar);
    assertThat(mesh.sleepA().alive()).isTrue();
  }

  @Test
  void anUpgradeLeavesTheGatewayAsHttpsAndLetsTlsOfTheApplicationPass() {
    mesh.documents().write("policy.yaml", mesh.documents().policy("https-upgrade.yaml"));
    try {
      upgrades("httpbin.org");
      upgrades("www.httpbin.org");
      awaitTls(mesh.sleepAApplication(), "www.httpbin.org", true);
      assertThat(get(mesh.nginxApplication(), "httpbin.org", "/anything").status()).isEqualTo(502);
      refusesTls(mesh.nginxApplication(), mesh.nginx());
    } finally {
      mesh.documents().delete("policy.yaml");
    }
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 502);
    awaitTls(mesh.sleepAApplication(), "www.httpbin.org", false);
    refusesTls(mesh.sleepAApplication(), mesh.sleepA());
  }

  @Test
  void upgradeAndPassthroughTogether() {
    mesh.documents()
        .write("policy.yaml", mesh.documents().policy("https-upgrade-and-passthrough.yaml"));
    try {
      upgrades("httpbin.org");
      awaitTls(mesh.sleepAApplication(), "httpbin.org", true);
    } finally {
      mesh.documents().delete("policy.yaml");
    }
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 502);
  }

  @Test
  void anAuthorizationPolicyDeniesPostAtTheGateway() {
    onlyHttpPolicy();
    mesh.documents().apply("deny-post.yaml");
    try {
      Await.until(
          "POST is denied",
          LIMIT,
          () -> post("httpbin.org").status() == 403,
          mesh::controlPlaneTail);
      for (String host : new String[] {"httpbin.org", "www.httpbin.org"}) {
        assertThat(((Answer.Response) post(host)).body()).isEqualTo("RBAC: access denied");
        assertThat(get(mesh.sleepAApplication(), host, "/get").status()).isEqualTo(200);
      }
      assertThat(get(mesh.nginxApplication(), "httpbin.org", "/get").status()).isEqualTo(502);
    } finally {
      mesh.documents().delete("deny-post.yaml");
    }
    Await.until("POST passes again", LIMIT, () -> post("httpbin.org").status() == 200);
  }

  private Answer post(String host) {
    return mesh.sleepAApplication()
        .http("POST", host, httpPort(), "/post", "Content-Length: 0\r\n");
  }

  private void upgrades(String host) {
    awaitStatus(mesh.sleepAApplication(), host, 200);
    Answer answer = get(mesh.sleepAApplication(), host, "/anything");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(((Answer.Response) answer).json().get("url").getAsString())
        .isEqualTo(
            "https://" + host + (mesh.layout().realPorts() ? "" : ":" + httpsPort()) + "/anything");
  }
}
