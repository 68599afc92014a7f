package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// How the gateway speaks plain HTTP to outside hosts, as rules ask for it.
class OutsideOptionsTest extends BackendScenario {
  private final List<RawServer> servers = new ArrayList<>();
  private OutsidePolicy policy = new OutsidePolicy();
  private final LinkedBlockingQueue<String> prefaces = new LinkedBlockingQueue<>();

  @SuppressWarnings("NullAway.Init")
  private RawServer silent;

  @SuppressWarnings("NullAway.Init")
  private RawServer echo;

  @SuppressWarnings("NullAway.Init")
  private RawServer failing;

  @SuppressWarnings("NullAway.Init")
  private RawServer h2;

  @BeforeParameterizedClassInvocation
  void openTheHostsAndThePolicy() {
    silent = serve(RawServer::silent);
    echo = serve(OutsideOptionsTest::echo);
    h2 = serve(this::preface);
    failing = serve(RawServer.answering("503 Service Unavailable"));
    servers.add(new RawServer(mesh.elsewhere(), failing.port(), RawServer.answering("200 OK")));
    policy.http("plain.test", httpPort(), "timeouts: {connect: 1s}");
    policy.http("slow.test", silent.port(), "timeouts: {request: 300ms}");
    policy.http("still.test", silent.port(), "timeouts: {idle: 300ms}");
    policy.http("full.test", silent.port(), "connectionPool: {maxRequests: 1}");
    policy.http("again.test", httpPort(), "retries: {attempts: 3, on: [gateway-error]}");
    policy.http("once.test", httpPort(), "retries: {attempts: 0}");
    policy.http(
        "twice.test",
        silent.port(),
        "retries: {attempts: 1, perTryTimeout: 200ms, on: [gateway-error]}");
    policy.http("websocket.test", echo.port(), "websocket: true");
    policy.http("no-websocket.test", echo.port(), "websocket: false");
    policy.http("h2.test", h2.port(), "upstreamProtocol: HTTP2");
    policy.http(
        "two.test",
        failing.port(),
        "outlierDetection: {consecutive5xx: 2, interval: 1s, baseEjectionTime: 10m}");
    for (String host : List.of("plain.test", "again.test", "once.test")) {
      policy.alias(mesh.layout().httpbin(), host);
    }
    for (String host :
        List.of(
            "slow.test",
            "still.test",
            "full.test",
            "twice.test",
            "websocket.test",
            "no-websocket.test",
            "h2.test",
            "two.test")) {
      policy.alias(mesh.outside(), host);
    }
    policy.alias(mesh.elsewhere(), "two.test").apply(mesh);
    awaitStatus(mesh.sleepAApplication(), "plain.test", 200);
  }

  @AfterParameterizedClassInvocation
  void closeTheHosts() {
    servers.forEach(RawServer::close);
    servers.clear();
    prefaces.clear();
    policy = new OutsidePolicy();
  }

  private RawServer serve(RawServer.Conversation conversation) {
    RawServer server = new RawServer(mesh.outside(), conversation);
    servers.add(server);
    return server;
  }

  private JsonObject refusal(String host, int port, int status) {
    int logged = mesh.gateway().accessLog().size();
    String path = unique("/anything");
    assertThat(mesh.sleepAApplication().get(host, port, path).status()).isEqualTo(status);
    return mesh.gateway().awaitLog(path, logged, entry -> text(entry, "path").equals(path));
  }

  @Test
  void anAnswerThatTakesLongerThanTheRequestMayTakeIs504() {
    assertThat(text(refusal("slow.test", silent.port(), 504), "response_flags")).contains("UT");
  }

  @Test
  void anExchangeOnWhichNothingMovesIsEnded() {
    assertThat(text(refusal("still.test", silent.port(), 504), "response_flags")).contains("SI");
  }

  @Test
  void moreRequestsAtOnceThanAllowedAre503() throws IOException {
    int before = silent.connections();
    try (Socket hanging = mesh.sleepAApplication().dial("full.test", silent.port())) {
      hanging
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: full.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Await.until("the first request is there", LIMIT, () -> silent.connections() > before);
      assertThat(text(refusal("full.test", silent.port(), 503), "response_flags")).contains("UO");
    }
  }

  @Test
  void aFailureIsTriedAgainAsOftenAsTheRuleSays() {
    assertThat(seenFor("again.test")).isEqualTo(4);
    assertThat(seenFor("once.test")).isEqualTo(1);
  }

  private long seenFor(String host) {
    long before = mesh.internet().requests();
    assertThat(get(mesh.sleepAApplication(), host, "/status/503").status()).isEqualTo(503);
    return mesh.internet().requests() - before;
  }

  @Test
  void eachTryHasItsOwnLimit() {
    int before = silent.connections();
    refusal("twice.test", silent.port(), 504);
    assertThat(silent.connections() - before).isEqualTo(2);
  }

  @Test
  void anAddressThatFailsIsLeftOut() {
    Await.until(
        "ten answers in a row of the address that works",
        LIMIT,
        () -> {
          for (int i = 0; i < 10; i++) {
            Answer answer = mesh.sleepAApplication().get("two.test", failing.port(), "/");
            if (answer.status() != 200) {
              return false;
            }
          }
          return true;
        });
  }

  @Test
  void aWebSocketIsOpenedWhereARuleSaysSo() throws IOException {
    try (Socket socket = mesh.sleepAApplication().dial("websocket.test", echo.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.getOutputStream().write(handshake("websocket.test"));
      InputStream in = socket.getInputStream();
      assertThat(RawServer.head(in)).startsWith("HTTP/1.1 101");
      byte[] frame = {(byte) 0x82, 3, 'a', 'b', 'c'};
      socket.getOutputStream().write(frame);
      assertThat(in.readNBytes(frame.length)).isEqualTo(frame);
    }
  }

  @Test
  void aWebSocketIsRefusedOtherwise() throws IOException {
    int before = echo.connections();
    try (Socket socket = mesh.sleepAApplication().dial("no-websocket.test", echo.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.getOutputStream().write(handshake("no-websocket.test"));
      assertThat(RawServer.head(socket.getInputStream())).startsWith("HTTP/1.1 403");
    }
    assertThat(echo.connections()).isEqualTo(before);
  }

  /// Whatever a rule says of WebSockets, nothing else is tunnelled.
  @Test
  void anyOtherUpgradeAndConnectStayRefused() {
    String host = "websocket.test:" + echo.port();
    int before = echo.connections();
    for (String request :
        List.of(
            "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: "
                + host
                + "\r\nConnection: Upgrade\r\nUpgrade: connect-udp\r\n\r\n")) {
      Answer answer = mesh.sleepAApplication().raw("websocket.test", echo.port(), request);
      assertThat(answer.status()).as(request + answer).isIn(403, 404, 502);
    }
    assertThat(echo.connections()).isEqualTo(before);
  }

  @Test
  void http2IsSpokenWhereARuleSaysSo() throws Exception {
    mesh.sleepAApplication().get("h2.test", h2.port(), "/");
    assertThat(prefaces.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo("PRI * HTTP/2.0\r\n\r\n");
  }

  private void preface(Socket socket) throws IOException {
    prefaces.add(RawServer.head(socket.getInputStream()));
  }

  private static void echo(Socket socket) throws IOException {
    RawServer.head(socket.getInputStream());
    socket
        .getOutputStream()
        .write(
            ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    socket.getInputStream().transferTo(socket.getOutputStream());
  }

  private byte[] handshake(String host) {
    return ("GET /chat HTTP/1.1\r\nHost: "
            + host
            + ":"
            + echo.port()
            + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
