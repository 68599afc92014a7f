package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.containers.Backend;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.GatewayClient;
import io.sallyport.e2e.harness.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What our own kind of policy says beyond ASM's: which requests, until when, and on trial.
class EgressTrafficPolicyTest extends BackendScenario {
  private static final String FILE = "own.yaml";
  private static final String SOME_REQUESTS =
      """
      http:
        - methods: [GET, HEAD]
          paths: [/get, "/status/*", "/anything/{*}"]
        - methods: [POST]
          headers: {X-Team: [blue, "gr*"]}
      """;

  @AfterEach
  void takeBack() {
    mesh.documents().delete(FILE);
    mesh.documents().delete(OutsidePolicy.FILE);
    mesh.documents().writeMesh("", "");
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 502);
  }

  static Stream<Arguments> requests() {
    return Stream.of(
        Arguments.of("GET /get", "", 200),
        Arguments.of("GET /get?a=b", "", 200),
        Arguments.of("GET /status/204", "", 204),
        Arguments.of("GET /anything/1", "", 200),
        Arguments.of("GET /anything/1/2", "", 403),
        Arguments.of("GET /anything", "", 403),
        Arguments.of("GET /get/../anything", "", 403),
        Arguments.of("PUT /get", "", 403),
        Arguments.of("DELETE /anything/1", "", 403),
        Arguments.of("POST /post", "", 403),
        Arguments.of("POST /post", "x-team: red\r\n", 403),
        Arguments.of("POST /post", "x-team: blue\r\n", 200),
        Arguments.of("POST /post", "X-TEAM: green\r\n", 200));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void onlySomeRequestsAreGranted(String line, String header, int status) {
    inForce("", SOME_REQUESTS);
    String request =
        line
            + " HTTP/1.1\r\nHost: httpbin.org\r\nContent-Length: 0\r\n"
            + header
            + "Connection: close\r\n\r\n";
    Answer atSidecar = mesh.sleepAApplication().raw("httpbin.org", httpPort(), request);
    assertThat(atSidecar.status()).as("through the sidecar").isEqualTo(status);
    Answer atGateway =
        GatewayClient.of(mesh.bootstrap("mytest-sleep-a"))
            .request(
                new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayHttp()),
                Optional.of("outbound_.80_._.egressgateway.istio-egress"),
                request);
    assertThat(atGateway.status()).as("straight to the gateway").isEqualTo(status);
  }

  @Test
  void theSidecarSaysWhyInItsLog() {
    inForce("", SOME_REQUESTS);
    String path = unique("/anything");
    int from = mesh.sleepA().accessLog().size();
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", path).status()).isEqualTo(403);
    JsonObject line =
        mesh.sleepA().awaitLog("the refusal", from, entry -> text(entry, "path").equals(path));
    assertThat(text(line, "reason")).isEqualTo("not_granted");
    assertThat(text(line, "policy")).isEqualTo("no-rule");
    assertThat(mesh.gateway().accessLog())
        .as("it never came this far")
        .noneMatch(entry -> text(entry, "path").equals(path));
  }

  @Test
  void anUpgradeNeedNotLetTlsPassThatTheApplicationStarts() {
    new OutsidePolicy()
        .http("httpbin.org", httpPort(), upgrade(", directTls: false"))
        .http("www.httpbin.org", httpPort(), upgrade(""))
        .apply(mesh);
    awaitTls(mesh.sleepAApplication(), "www.httpbin.org", true);
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 200);
    assertThat(getTls(mesh.sleepAApplication(), "httpbin.org", "/get"))
        .isInstanceOf(Answer.Closed.class);
  }

  private String upgrade(String more) {
    return "httpsUpgrade: {enabled: true, port: %d%s}".formatted(httpsPort(), more);
  }

  @Test
  void inShadowARuleOnlyNotes() {
    inForce("enforcement: Shadow\n", SOME_REQUESTS);
    String granted = unique("/get");
    String noted = unique("/anything");
    int from = mesh.gateway().accessLog().size();
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", granted).status()).isEqualTo(200);
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", noted).status()).isEqualTo(200);
    JsonObject one =
        mesh.gateway().awaitLog("the first", from, entry -> text(entry, "path").equals(granted));
    assertThat(text(one, "shadow")).isEqualTo("allowed");
    JsonObject other =
        mesh.gateway().awaitLog("the other", from, entry -> text(entry, "path").equals(noted));
    assertThat(text(other, "shadow")).isEqualTo("denied");
    assertThat(text(other, "policy")).isEqualTo("istio-egress/own");
    String trial = "~istio-egress/own#spec.egressRules[0].to[0]";
    assertThat(text(other, "granted_by")).isEqualTo(trial);
    for (String counter : new String[] {"outbound_http", "egress_80"}) {
      Proxy envoy = counter.equals("egress_80") ? mesh.gateway() : mesh.sleepA();
      assertThat(envoy.stat("http." + counter + ".rbac.policy." + trial + ".allowed"))
          .as("what the rule would have refused, counted by its name")
          .isEqualTo(1);
    }
    assertThat(get(mesh.nginxApplication(), "httpbin.org", "/get").status())
        .as("nobody else is let in")
        .isEqualTo(502);
  }

  @Test
  void aRuleEndsOnTimeThoughNobodyTouchesAFile() {
    Instant end = Instant.now().plusSeconds(25);
    inForce("owner: team-a\nnotAfter: \"" + end + "\"\n", "");
    assertThat(mesh.status()).contains("the rule ends at");
    Await.until(
        "the rule is over",
        Duration.ofMinutes(1),
        () -> get(mesh.sleepAApplication(), "httpbin.org", "/get").status() == 502);
    assertThat(Instant.now()).isAfterOrEqualTo(end);
    Await.until(
        "the status says so", LIMIT, () -> mesh.status().contains("the rule is over since"));
  }

  @Test
  void whereTheMeshAllowsAnyRulesApplyAllTheSame() {
    inForce("", SOME_REQUESTS);
    mesh.documents().replaceInMesh("mode: REGISTRY_ONLY", "mode: ALLOW_ANY");
    // the network of containers leads nobody but the gateway out, whatever the mesh allows
    int straight = backend == Backend.DOCKER ? 503 : 200;
    awaitStatus(mesh.nginxApplication(), "httpbin.org", straight);
    awaitStatus(mesh.sleepAApplication(), "www.alibabacloud.com", straight);
    String path = unique("/anything");
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", path).status()).isEqualTo(403);
    assertThat(get(mesh.sleepAApplication(), "www.alibabacloud.com", path).status())
        .isEqualTo(straight);
    assertThat(mesh.gateway().accessLog())
        .as("straight, not by the gateway")
        .noneMatch(entry -> text(entry, "path").equals(path));
    JsonObject line =
        mesh.sleepA().awaitLog("it", 0, entry -> text(entry, "route_name").equals("allow_any"));
    assertThat(text(line, "policy")).isEqualTo("allow-any");
  }

  /// @param terms further lines of the rule
  /// @param requests further lines of the destination
  private void inForce(String terms, String requests) {
    mesh.documents()
        .write(
            FILE,
            """
            apiVersion: mesh.sallyport.io/v1
            kind: EgressTrafficPolicy
            metadata:
              name: own
              namespace: istio-egress
            spec:
              byEgressGateway:
                name: egressgateway
              egressRules:
                - from:
                    - namespace: mytest
                      workloadSelector:
                        app: sleep-a
            %s\
                  to:
                    - hosts: [httpbin.org]
                      port: {number: %d, protocol: HTTP}
                      byEgressGateway: {port: 80}
            %s\
            """
                .formatted(terms.indent(6), httpPort(), requests.indent(10)));
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 200);
  }
}
