package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.GatewayClient;
import io.sallyport.e2e.harness.Layout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// CONNECT: tunnels that rules grant, and no other.
class ConnectTest extends BackendScenario {
  /// A path that the DENY policy that was last put in force refuses.
  private String marker = "";

  @SuppressWarnings("NullAway.Init")
  private RawServer echo;

  @SuppressWarnings("NullAway.Init")
  private RawServer forbidden;

  @BeforeParameterizedClassInvocation
  void openTheHostAndApplyThePolicy() {
    String outside = mesh.outside();
    echo =
        new RawServer(
            outside, socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
    forbidden = new RawServer(outside, RawServer::silent);
    new OutsidePolicy()
        .http("plain.test", httpPort(), "name: plain")
        .http("plain.test", forbidden.port(), "name: plain")
        .http("connect.test", echo.port(), "connect: true")
        .http("down.test", Layout.freePort(outside), "connect: true")
        .http(
            "two.test",
            443,
            "connect: true",
            "endpoints: [{address: %s, port: %d}, {address: %s, port: %d, priority: 1}]"
                .formatted(outside, Layout.freePort(outside), outside, echo.port()))
        .alias(mesh.layout().httpbin(), "plain.test")
        .alias(outside, "connect.test")
        .alias(outside, "down.test")
        .apply(mesh);
    mesh.documents()
        .write(
            "nginx.yaml",
            Documents.ownPolicy(
                "nginx",
                "{namespace: default}",
                """
                - hosts: [connect.test]
                  port: {number: %d, protocol: HTTP}
                  byEgressGateway: {port: 80}
                - hosts: [plain.test]
                  port: {number: %d, protocol: HTTP}
                  byEgressGateway: {port: 80}
                """
                    .formatted(echo.port(), httpPort())));
    awaitStatus(mesh.sleepAApplication(), "plain.test", 200);
    awaitStatus(mesh.nginxApplication(), "plain.test", 200);
  }

  @AfterParameterizedClassInvocation
  void closeTheHosts() {
    echo.close();
    forbidden.close();
  }

  private static String connect(String authority) {
    return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
  }

  /// The head of the answer to CONNECT; after a 200, bytes must come back.
  private static String opened(Application application, int dialledPort, String authority)
      throws IOException {
    try (Socket socket = application.dial("connect.test", dialledPort)) {
      return opened(socket, authority);
    }
  }

  private static String opened(Socket socket, String authority) throws IOException {
    socket.setSoTimeout((int) LIMIT.toMillis());
    socket.getOutputStream().write(connect(authority).getBytes(StandardCharsets.US_ASCII));
    String head = RawServer.head(socket.getInputStream());
    if (head.startsWith("HTTP/1.1 200")) {
      byte[] hello = {0, 1, 2, 'G', 'E', 'T', ' ', '\r', '\n', -1};
      socket.getOutputStream().write(hello);
      assertThat(socket.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
    }
    return head;
  }

  private InetSocketAddress gateway() {
    return new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayHttp());
  }

  private GatewayClient workload(String namespace, String name) {
    return GatewayClient.of(mesh.bootstrap(namespace + "-" + name));
  }

  @Test
  void aTunnelIsOpenedWhereARuleSaysSo() throws IOException {
    assertThat(opened(mesh.sleepAApplication(), echo.port(), "connect.test:" + echo.port()))
        .startsWith("HTTP/1.1 200");
    JsonObject entry =
        mesh.gateway()
            .awaitLog(
                "the tunnel",
                0,
                line ->
                    text(line, "method").equals("CONNECT")
                        && text(line, "authority").startsWith("connect.test")
                        && text(line, "response_code").equals("200"));
    assertThat(text(entry, "granted_by"))
        .isEqualTo("istio-egress/outside#spec.egressRules[0].to[2]");
  }

  /// The request says where it is to go, not the address and port that were dialled.
  @Test
  void whicheverPortWasDialled() throws IOException {
    assertThat(opened(mesh.sleepAApplication(), 3128, "connect.test:" + echo.port()))
        .startsWith("HTTP/1.1 200");
    assertThat(opened(mesh.sleepAApplication(), 3128, "Connect.TEST:" + echo.port()))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void whatIsDownIsTriedElsewhereOrIs503() throws IOException {
    assertThat(opened(mesh.sleepAApplication(), 443, "two.test:443")).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connect.test:22",
        "connect.test:FORBIDDEN",
        "connect.test",
        "connect.test:",
        "connect.test:ECHO0",
        "x.connect.test:ECHO",
        "plain.test:80",
        "plain.test:FORBIDDEN",
        "other.test:ECHO",
        "HTTPBIN:FORBIDDEN",
        "HTTPBIN:ECHO",
        "[::1]:22",
        "user@connect.test:ECHO",
        "connect.test:ECHO/",
        "connect.test:ECHO@plain.test:80"
      })
  void nothingElseIs(String target) throws IOException {
    String authority =
        target
            .replace("FORBIDDEN", String.valueOf(forbidden.port()))
            .replace("ECHO", String.valueOf(echo.port()))
            .replace("HTTPBIN", mesh.outside());
    int echoes = echo.connections();
    for (int port : new int[] {echo.port(), forbidden.port(), 80}) {
      Answer answer = mesh.sleepAApplication().raw("connect.test", port, connect(authority));
      assertThat(answer.status()).as(authority + " " + answer).isIn(400, 403, 404);
    }
    assertThat(forbidden.connections()).isZero();
    assertThat(echo.connections()).isEqualTo(echoes);
  }

  /// Without a sidecar, too, a tunnel leads to hosts that are granted, and to the rule's port,
  /// whichever was asked for.
  @Test
  void norIsItAtTheGateway() throws IOException {
    GatewayClient sleepA = workload("mytest", "sleep-a");
    for (String authority :
        List.of(
            "plain.test:" + forbidden.port(),
            "plain.test:80",
            "other.test:" + echo.port(),
            mesh.outside() + ":" + forbidden.port())) {
      Answer answer = sleepA.request(gateway(), Optional.empty(), connect(authority));
      assertThat(answer.status()).as(authority + " " + answer).isEqualTo(403);
    }
    try (Socket socket = sleepA.dial(gateway(), Optional.empty())) {
      assertThat(opened(socket, "connect.test:" + forbidden.port())).startsWith("HTTP/1.1 200");
    }
    assertThat(forbidden.connections()).isZero();
  }

  /// nginx may send requests to that host and port, but CONNECT was granted to others.
  @Test
  void requestsDoNotGrantTunnels() throws IOException {
    int echoes = echo.connections();
    String authority = "connect.test:" + echo.port();
    assertThat(opened(mesh.nginxApplication(), echo.port(), authority)).startsWith("HTTP/1.1 403");
    assertThat(
            workload("default", "nginx")
                .request(gateway(), Optional.empty(), connect(authority))
                .status())
        .isEqualTo(403);
    assertThat(echo.connections()).isEqualTo(echoes);
  }

  @Test
  void authorizationPoliciesHoldForTunnels() throws IOException {
    String authority = "connect.test:" + echo.port();
    try {
      deny(
          to("hosts: [other.test]"),
          to("paths: ['/a/{*}']"),
          to("hosts: [connect.test], methods: [GET]"));
      assertThat(opened(mesh.sleepAApplication(), 80, authority)).startsWith("HTTP/1.1 200");
      deny(to("hosts: [connect.test]"));
      assertThat(opened(mesh.sleepAApplication(), 80, authority)).startsWith("HTTP/1.1 403");
      deny(to("hosts: ['*.test'], methods: [CONNECT]"));
      assertThat(opened(mesh.sleepAApplication(), 80, authority)).startsWith("HTTP/1.1 403");
      deny("when: [{key: \"request.headers[host]\", values: [connect.test]}]");
      assertThat(opened(mesh.sleepAApplication(), 80, authority)).startsWith("HTTP/1.1 403");
    } finally {
      mesh.documents().delete("deny.yaml");
      Await.until(
          "the policy is gone",
          LIMIT,
          () -> get(mesh.sleepAApplication(), "plain.test", marker).status() != 403);
    }
  }

  private static String to(String operation) {
    return "to: [{operation: {%s}}]".formatted(operation);
  }

  /// Puts a DENY policy in force, with one rule more, by which it is seen.
  private void deny(String... more) {
    marker = unique("/marker").replace('?', '-').replace('=', '-');
    StringBuilder rules = new StringBuilder();
    for (String rule : more) {
      rules.append("    - ").append(rule).append('\n');
    }
    mesh.documents()
        .write(
            "deny.yaml",
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: deny, namespace: istio-egress}
            spec:
              selector: {matchLabels: {istio: egressgateway-a}}
              action: DENY
              rules:
                - to: [{operation: {hosts: [plain.test], paths: ["%s"]}}]
            """
                    .formatted(marker)
                + rules);
    Await.until(
        "the policy is in force",
        LIMIT,
        () -> get(mesh.sleepAApplication(), "plain.test", marker).status() == 403);
  }
}
