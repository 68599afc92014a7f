package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Proxy;
import io.sallyport.e2e.harness.RawHttp;
import java.io.IOException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/// TLS that applications start, carried to outside hosts as it is: passthrough and TCP.
class TunnelsTest extends BackendScenario {
  private static final String DESTINATION = "spec.egressRules[0].to[0]";
  private static final String POLICY = "istio-egress/egress-by-egressgateway";
  private static final String REQUEST =
      "GET /get HTTP/1.1\r\nHost: httpbin.org\r\nConnection: close\r\n\r\n";

  private void onlyPolicy(String file) {
    mesh.documents().write("policy.yaml", mesh.documents().policy(file));
  }

  private void passthrough() {
    onlyPolicy("https-passthrough.yaml");
    awaitTls(mesh.sleepAApplication(), "httpbin.org", true);
    awaitTls(mesh.sleepAApplication(), "www.httpbin.org", true);
    awaitTls(mesh.sleepAApplication(), "www.alibabacloud.com", false);
  }

  private void tcp() {
    onlyPolicy("tcp.yaml");
    awaitTls(mesh.sleepAApplication(), "www.alibabacloud.com", true);
    awaitTls(mesh.sleepAApplication(), "httpbin.org", false);
  }

  @Test
  void passthroughShowsTheApplicationTheOutsideHostsOwnCertificate() throws IOException {
    passthrough();
    try (SSLSocket socket = dial(mesh.layout().httpbin(), "www.httpbin.org")) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      assertThat(shown.getIssuerX500Principal())
          .isEqualTo(mesh.internet().authority().certificate().getSubjectX500Principal());
      assertThat(RawHttp.exchange(socket, REQUEST).status()).isEqualTo(200);
    }
  }

  @Test
  void bothHopsLogThePolicyAndTheRuleAndTheGatewayLogsWhoAndWhere() {
    passthrough();
    int atSidecar = mesh.sleepA().accessLog().size();
    int atGateway = mesh.gateway().accessLog().size();

    assertThat(getTls(mesh.sleepAApplication(), "httpbin.org", "/get").status()).isEqualTo(200);

    JsonObject sidecar = logOf(mesh.sleepA(), atSidecar, "httpbin.org");
    JsonObject hop = logOf(mesh.gateway(), atGateway, "outbound_.443_._.httpbin.org");
    JsonObject inside = logOf(mesh.gateway(), atGateway, "httpbin.org");
    for (JsonObject line : new JsonObject[] {sidecar, hop, inside}) {
      assertThat(text(line, "policy")).isEqualTo(POLICY);
      assertThat(text(line, "rule")).isEqualTo(DESTINATION);
    }
    assertThat(text(hop, "downstream_peer"))
        .isEqualTo("spiffe://cluster.local/ns/mytest/sa/sleep-a");
    assertThat(text(hop, "granted_by")).isEqualTo(POLICY + "#" + DESTINATION);
    assertThat(text(inside, "upstream_host"))
        .isEqualTo(mesh.layout().httpbin() + ":" + httpsPort());
    assertThat(text(inside, "downstream_remote_address"))
        .as("by which the two lines are one connection")
        .isEqualTo(text(hop, "downstream_remote_address"));
  }

  @Test
  void passthroughGrantsNothingElse() {
    passthrough();
    for (String host : new String[] {"www.httpbin.org", "httpbin.org"}) {
      assertThat(get(mesh.sleepAApplication(), host, "/get").status()).isEqualTo(502);
      assertThat(get(mesh.nginxApplication(), host, "/get").status()).isEqualTo(502);
      refusesTls(mesh.nginxApplication(), mesh.nginx(), host);
    }
    assertThat(mesh.sleepAApplication().get("httpbin.org", httpsPort(), "/get").status())
        .as("plain HTTP on the port of TLS")
        .isEqualTo(502);
    refusesTls(mesh.sleepAApplication(), mesh.sleepA(), "sub.httpbin.org");
    assertThat(
            mesh.sleepAApplication()
                .https(applicationTls().getSocketFactory(), "httpbin.org", 8443, "/get"))
        .isInstanceOf(Answer.Closed.class);
  }

  @Test
  void tcpCarriesTlsOfTheApplicationAndNothingElse() {
    tcp();
    assertThat(get(mesh.sleepAApplication(), "www.alibabacloud.com", "/").status()).isEqualTo(502);
    assertThat(get(mesh.nginxApplication(), "www.alibabacloud.com", "/").status()).isEqualTo(502);
    refusesTls(mesh.nginxApplication(), mesh.nginx(), "www.alibabacloud.com");
    assertThat(
            mesh.sleepAApplication()
                .raw("www.alibabacloud.com", httpsPort(), "SSH-2.0-OpenSSH_9.9\r\n"))
        .as("bytes that name no host")
        .isInstanceOf(Answer.Closed.class);
  }

  @Test
  void theAddressThatTheApplicationDialsDecidesNothing() throws IOException {
    passthrough();
    for (String address : new String[] {"192.0.2.7", mesh.layout().alibaba(), "198.51.100.9"}) {
      try (SSLSocket socket = dial(address, "httpbin.org")) {
        Answer answer = RawHttp.exchange(socket, REQUEST);
        assertThat(answer.status()).as(address).isEqualTo(200);
        assertThat(((Answer.Response) answer).json().get("url").getAsString())
            .startsWith("https://httpbin.org");
      }
    }
  }

  /// Inside its TLS an application may ask for any host, and nobody sees it. It still talks to the
  /// host whose certificate it has been shown, and to none other of the rule.
  @Test
  void aRequestForAnotherHostThanTheTlsStaysWithTheHostOfTheTls() throws IOException {
    passthrough();
    int atGateway = mesh.gateway().accessLog().size();
    try (SSLSocket socket = dial(mesh.layout().httpbin(), "httpbin.org")) {
      Answer answer =
          RawHttp.exchange(socket, REQUEST.replace("httpbin.org", "www.alibabacloud.com"));
      assertThat(((Answer.Response) answer).json().get("url").getAsString())
          .as("httpbin.org answers, as it likes")
          .startsWith("https://www.alibabacloud.com");
    }
    assertThat(text(logOf(mesh.gateway(), atGateway, "httpbin.org"), "upstream_host"))
        .isEqualTo(mesh.layout().httpbin() + ":" + httpsPort());
  }

  @Test
  void hostsOfOneRuleMayHaveDifferentAddressesAndPoliciesAreUnited() {
    String passthrough = mesh.documents().policy("https-passthrough.yaml");
    mesh.documents()
        .write(
            "policy.yaml",
            passthrough.replace(
                "            - www.httpbin.org\n", "            - www.alibabacloud.com\n"));
    mesh.documents()
        .write(
            "more.yaml",
            passthrough
                .replace("name: egress-by-egressgateway", "name: more")
                .replace("namespace: mytest", "namespace: default")
                .replace("app: sleep-a", "app: nginx"));
    try {
      awaitTls(mesh.sleepAApplication(), "httpbin.org", true);
      awaitTls(mesh.sleepAApplication(), "www.alibabacloud.com", true);
      awaitTls(mesh.nginxApplication(), "httpbin.org", true);
      awaitTls(mesh.nginxApplication(), "www.httpbin.org", true);
      awaitTls(mesh.sleepAApplication(), "www.httpbin.org", false);
      refusesTls(mesh.nginxApplication(), mesh.nginx(), "www.alibabacloud.com");
    } finally {
      mesh.documents().delete("more.yaml");
    }
    awaitTls(mesh.nginxApplication(), "httpbin.org", false);
  }

  /// An open tunnel goes on for Envoy's drain time, and no longer.
  @Test
  void whatARevokedTunnelStillCarriesEndsWithTheDrainTime() throws IOException {
    passthrough();
    try (SSLSocket open = dial(mesh.layout().httpbin(), "httpbin.org")) {
      assertThat(RawHttp.exchange(open, keptAlive()).status()).isEqualTo(200);
      mesh.documents().delete("policy.yaml");
      awaitTls(mesh.sleepAApplication(), "httpbin.org", false);
      assertThat(endsWithTheDrainTime(open)).isTrue();
    }
  }

  @Test
  void aChangeOfOneHostLeavesTheTunnelsOfOthersAlone() throws IOException {
    passthrough();
    try (SSLSocket open = dial(mesh.layout().httpbin(), "httpbin.org");
        SSLSocket removed = dial(mesh.layout().httpbin(), "www.httpbin.org")) {
      assertThat(RawHttp.exchange(open, keptAlive()).status()).isEqualTo(200);
      assertThat(RawHttp.exchange(removed, keptAlive()).status()).isEqualTo(200);
      mesh.documents()
          .write(
              "policy.yaml",
              mesh.documents()
                  .policy("https-passthrough.yaml")
                  .replace("            - www.httpbin.org\n", ""));
      awaitTls(mesh.sleepAApplication(), "www.httpbin.org", false);
      assertThat(endsWithTheDrainTime(removed)).isTrue();
      assertThat(RawHttp.exchange(open, keptAlive()).status()).isEqualTo(200);
    }
  }

  private static String keptAlive() {
    return "GET /get HTTP/1.1\r\nHost: httpbin.org\r\n\r\n";
  }

  private SSLSocket dial(String address, String host) throws IOException {
    return mesh.sleepAApplication()
        .dialTls(applicationTls().getSocketFactory(), address, host, httpsPort());
  }

  private void refusesTls(Application application, Proxy sidecar, String host) {
    int logged = sidecar.accessLog().size();
    long seen = mesh.internet().requests();
    assertThat(getTls(application, host, "/get")).isInstanceOf(Answer.Closed.class);
    JsonObject line = logOf(sidecar, logged, host);
    assertThat(text(line, "upstream_cluster")).isEqualTo("BlackHoleCluster");
    assertThat(text(line, "policy")).isEqualTo("no-rule");
    assertThat(mesh.internet().requests()).isEqualTo(seen);
  }

  private static JsonObject logOf(Proxy envoy, int from, String serverName) {
    return envoy.awaitLog(
        "TLS to " + serverName,
        from,
        line -> text(line, "requested_server_name").equals(serverName));
  }
}
