package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.Proxy;
import io.sallyport.e2e.harness.RawHttp;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Bytes of any kind to hosts that are known by the address which the application dials. What is
/// inside happens to be HTTP, of which nobody takes notice.
class TcpByAddressTest extends BackendScenario {
  private static final String FILE = "tcp-by-address.yaml";
  private static final String POLICY = "istio-egress/by-address";

  /// Addresses for documentation (RFC 5737), at which nobody is.
  private static final String FOR_HTTPBIN = "192.0.2.10";

  private static final String FOR_ALIBABA = "198.51.100.77";

  @BeforeEach
  void inForce() {
    mesh.documents().write(FILE, policy());
    awaitBytes(mesh.sleepAApplication(), FOR_HTTPBIN, true);
    awaitBytes(mesh.sleepAApplication(), FOR_ALIBABA, true);
  }

  @AfterEach
  void takeBack() {
    mesh.documents().delete(FILE);
    mesh.documents().delete("authorization.yaml");
    awaitBytes(mesh.sleepAApplication(), FOR_HTTPBIN, false);
  }

  private String policy() {
    return Documents.ownPolicy(
        "by-address",
        """
        - hosts: [httpbin.org]
          port: {number: %1$d, protocol: TCP}
          match: {addresses: [192.0.2.10]}
        - hosts: [www.alibabacloud.com]
          port: {number: %1$d, protocol: TCP}
          match: {addresses: [198.51.100.0/24]}
        - hosts: [%2$s]
          port: {number: %1$d, protocol: TCP}
        """
            .formatted(httpPort(), mesh.layout().httpbin()));
  }

  @Test
  void anAddressStandsForItsHostWhateverIsInside() {
    for (String inside : new String[] {"httpbin.org", "unheard.example", "localhost"}) {
      leads(FOR_HTTPBIN, inside, "httpbin.org", mesh.layout().httpbin());
      leads(FOR_ALIBABA, inside, "www.alibabacloud.com", mesh.layout().alibaba());
      leads(mesh.layout().httpbin(), inside, mesh.layout().httpbin(), mesh.layout().httpbin());
    }
  }

  @Test
  void bothHopsLogThePolicyAndTheGatewayLogsWho() {
    int atSidecar = mesh.sleepA().accessLog().size();
    int atGateway = mesh.gateway().accessLog().size();
    assertThat(bytes(mesh.sleepAApplication(), FOR_ALIBABA, "any").status()).isEqualTo(200);

    JsonObject sidecar = log(mesh.sleepA(), atSidecar, POLICY);
    JsonObject gateway = log(mesh.gateway(), atGateway, POLICY);
    String rule = "spec.egressRules[0].to[1]";
    assertThat(text(sidecar, "rule")).isEqualTo(rule);
    assertThat(text(gateway, "rule")).isEqualTo(rule);
    assertThat(text(gateway, "granted_by")).isEqualTo(POLICY + "#" + rule);
    assertThat(text(gateway, "authority")).isEqualTo("www.alibabacloud.com:" + httpPort());
    assertThat(text(gateway, "downstream_peer"))
        .isEqualTo("spiffe://cluster.local/ns/mytest/sa/sleep-a");
  }

  @Test
  void otherAddressesPortsAndWorkloadsGetNowhere() {
    long seen = mesh.internet().requests();
    refused(mesh.sleepAApplication(), "192.0.2.11", httpPort());
    refused(mesh.sleepAApplication(), "198.51.101.77", httpPort());
    refused(mesh.sleepAApplication(), mesh.layout().alibaba(), httpPort());
    assertThat(mesh.sleepAApplication().raw(FOR_HTTPBIN, 5432, request("httpbin.org")).status())
        .as("plain HTTP on a port that no rule for TCP names")
        .isEqualTo(502);
    assertThat(mesh.nginxApplication().raw(FOR_HTTPBIN, httpPort(), request("any")).status())
        .as("plain HTTP of a workload that has no rule")
        .isEqualTo(502);
    assertThat(mesh.internet().requests()).isEqualTo(seen);
  }

  @Test
  void theGatewayHasTheLastWord() {
    mesh.documents()
        .write(
            "authorization.yaml",
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: no-writes, namespace: istio-egress}
            spec:
              action: DENY
              rules:
                - to: [{operation: {hosts: [httpbin.org], methods: [POST]}}]
            """);
    awaitBytes(mesh.sleepAApplication(), FOR_HTTPBIN, false);
    int logged = mesh.gateway().accessLog().size();
    assertThat(bytes(mesh.sleepAApplication(), FOR_HTTPBIN, "any"))
        .as("methods can't be seen, so the rule denies its host altogether")
        .isInstanceOf(Answer.Closed.class);
    JsonObject line =
        mesh.gateway().awaitLog("a refusal", logged, each -> !text(each, "denied_by").isEmpty());
    assertThat(text(line, "denied_by")).isEqualTo("istio-egress/no-writes#spec.rules[0]");
    assertThat(bytes(mesh.sleepAApplication(), FOR_ALIBABA, "any").status())
        .as("a DENY for one host never touches another")
        .isEqualTo(200);
    mesh.documents().delete("authorization.yaml");
    awaitBytes(mesh.sleepAApplication(), FOR_HTTPBIN, true);
  }

  @Test
  void httpAndTlsOnThePortOfAnAddressGoAsEver() {
    mesh.documents().apply("http.yaml");
    mesh.documents().write(FILE, policy().replace("protocol: TCP", "protocol: TCP, name: tcp"));
    awaitStatus(mesh.sleepAApplication(), "www.alibabacloud.com", 502);
    Await.until(
        "HTTP beside TCP",
        LIMIT,
        () ->
            mesh.sleepAApplication().raw("192.0.2.99", httpPort(), request("httpbin.org")).status()
                == 200,
        mesh::controlPlaneTail);
    leads(FOR_ALIBABA, "httpbin.org", "www.alibabacloud.com", mesh.layout().alibaba());
    mesh.documents().delete("http.yaml");
    Await.until(
        "no HTTP",
        LIMIT,
        () ->
            mesh.sleepAApplication().raw("192.0.2.99", httpPort(), request("httpbin.org")).status()
                != 200,
        mesh::controlPlaneTail);
  }

  private void leads(String ip, String inside, String host, String address) {
    int logged = mesh.gateway().accessLog().size();
    assertThat(bytes(mesh.sleepAApplication(), ip, inside).status()).isEqualTo(200);
    JsonObject line =
        mesh.gateway()
            .awaitLog(
                "a connection to " + host,
                logged,
                each -> text(each, "authority").equals(host + ":" + httpPort()));
    assertThat(text(line, "upstream_host")).isEqualTo(address + ":" + httpPort());
  }

  private static JsonObject log(Proxy envoy, int from, String policy) {
    return envoy.awaitLog(
        "a connection by " + policy, from, line -> text(line, "policy").equals(policy));
  }

  private void refused(Application application, String ip, int port) {
    assertThat(application.raw(ip, port, request("httpbin.org")))
        .as("%s:%d", ip, port)
        .isInstanceOf(Answer.Closed.class);
  }

  private Answer bytes(Application application, String ip, String inside) {
    try (Socket socket = application.dialAddress(ip, httpPort())) {
      return RawHttp.exchange(socket, request(inside));
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }

  private static String request(String host) {
    return "GET /get HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
  }

  private void awaitBytes(Application application, String ip, boolean carried) {
    Await.until(
        "bytes to " + ip + " are " + (carried ? "carried" : "refused"),
        LIMIT,
        () -> (bytes(application, ip, "any").status() == 200) == carried,
        () -> bytes(application, ip, "any") + "\n" + mesh.controlPlaneTail());
  }
}
