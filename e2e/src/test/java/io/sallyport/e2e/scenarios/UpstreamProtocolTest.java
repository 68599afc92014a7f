package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.e2e.harness.PretendInternet;
import io.sallyport.e2e.scenarios.GrpcHost.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is spoken to outside hosts, and what connections to them cost: HTTP/2 and gRPC, versions of
/// TLS, limits on connections and on the time until there is one.
class UpstreamProtocolTest extends BackendScenario {
  private static final List<String> MESSAGES = List.of("one", "two", "x".repeat(100_000));

  private final List<AutoCloseable> servers = new ArrayList<>();
  private OutsidePolicy policy = new OutsidePolicy();
  private final LinkedBlockingQueue<String> alerts = new LinkedBlockingQueue<>();
  private int plainGrpc;

  @SuppressWarnings("NullAway.Init")
  private RawServer silent;

  @BeforeParameterizedClassInvocation
  void openTheHostsAndThePolicy() {
    String outside = mesh.outside();
    PretendAuthority authority = mesh.internet().authority();
    policy.alias(mesh.layout().httpbin(), "plain.test");
    for (String host :
        List.of(
            "grpc.test",
            "h2.test",
            "auto-h2.test",
            "auto-h1.test",
            "not-h2.test",
            "old.test",
            "mute.test",
            "pool.test")) {
      policy.alias(outside, host);
    }
    policy.http("plain.test", httpPort(), "name: plain");
    GrpcHost plain = new GrpcHost(outside, Optional.empty());
    GrpcHost secured =
        new GrpcHost(outside, Optional.of(authority.issue(VALID, "h2.test", "auto-h2.test")));
    PretendInternet hosts = new PretendInternet(authority);
    servers.addAll(List.of(plain, secured, hosts));
    plainGrpc = plain.port();
    policy.http("grpc.test", plain.port(), "upstreamProtocol: HTTP2");
    upgraded("h2.test", secured.port(), "upstreamProtocol: HTTP2");
    upgraded("auto-h2.test", secured.port(), "upstreamProtocol: AUTO");
    int h1 = Layout.freePort(outside);
    hosts.secured(outside, h1, authority.issue(VALID, "auto-h1.test", "not-h2.test"));
    upgraded("auto-h1.test", h1, "upstreamProtocol: AUTO");
    upgraded("not-h2.test", h1, "upstreamProtocol: HTTP2");
    upgraded("old.test", serve(this::onlyTls11).port(), "retries: {attempts: 0}");
    silent = serve(RawServer::silent);
    upgraded(
        "mute.test",
        silent.port(),
        "timeouts: {connect: 200ms, request: 3s}",
        "retries: {attempts: 0}");
    policy.http(
        "pool.test", silent.port(), "connectionPool: {maxConnections: 1, maxPendingRequests: 1}");
    policy.apply(mesh);
    awaitStatus(mesh.sleepAApplication(), "plain.test", 200);
  }

  @AfterParameterizedClassInvocation
  void closeTheHosts() throws Exception {
    for (AutoCloseable server : servers) {
      server.close();
    }
    servers.clear();
    alerts.clear();
    policy = new OutsidePolicy();
  }

  private RawServer serve(RawServer.Conversation conversation) {
    RawServer server = new RawServer(mesh.outside(), conversation);
    servers.add(server);
    return server;
  }

  private void upgraded(String host, int port, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("httpsUpgrade: {enabled: true, port: %d}".formatted(port));
    policy.http(host, httpPort(), all.toArray(String[]::new));
  }

  private JsonObject refusal(String host, int port, int status) {
    int before = mesh.gateway().accessLog().size();
    String path = unique("/get");
    Answer answer = mesh.sleepAApplication().get(host, port, path);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    return mesh.gateway().awaitLog(path, before, entry -> text(entry, "path").equals(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc.test", "h2.test", "auto-h2.test"})
  void grpcIsCarriedWholeToItsTrailers(String host) throws Exception {
    int port = host.equals("grpc.test") ? plainGrpc : httpPort();
    Exchange exchange = GrpcHost.say(mesh.sleepAApplication(), host, port, MESSAGES);
    assertThat(exchange.messages()).isEqualTo(MESSAGES);
    assertThat(exchange.status().getCode()).isEqualTo(GrpcHost.STATUS.getCode());
    assertThat(exchange.status().getDescription()).isEqualTo(GrpcHost.STATUS.getDescription());
    assertThat(exchange.trailers().get(GrpcHost.TRAILER)).isEqualTo("3 messages");
  }

  @Test
  void autoIsHttp1WhereTheHostHasNothingBetter() {
    assertThat(get(mesh.sleepAApplication(), "auto-h1.test", "/get").status()).isEqualTo(200);
  }

  @Test
  void whoeverWantsHttp2DoesNotTakeHttp1() {
    assertThat(get(mesh.sleepAApplication(), "not-h2.test", "/get").status()).isIn(502, 503);
  }

  @Test
  void tlsBefore12IsRefused() throws InterruptedException {
    JsonObject entry = refusal("old.test", httpPort(), 503);
    assertThat(text(entry, "upstream_transport_failure")).contains("UNSUPPORTED_PROTOCOL");
    assertThat(alerts.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("protocol_version");
  }

  /// Answers any hello with one of TLS 1.1 (RFC 4346, section 7.4.1.3), and hears what is said to
  /// it.
  private void onlyTls11(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] header = in.readNBytes(5);
    in.readNBytes(ByteBuffer.wrap(header).getShort(3));
    ByteBuffer hello = ByteBuffer.allocate(5 + 4 + 38);
    hello.put(new byte[] {22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2});
    hello.position(11 + 32);
    hello.put(new byte[] {0, (byte) 0xc0, 0x13, 0});
    socket.getOutputStream().write(hello.array());
    byte[] alert = in.readNBytes(7);
    alerts.add(alert.length == 7 && alert[0] == 21 && alert[6] == 70 ? "protocol_version" : "none");
  }

  /// With the usual 5 s for a connection the request would be over first, and that would be 504.
  @Test
  void aConnectionThatIsNotThereInTimeIs503() {
    JsonObject entry = refusal("mute.test", httpPort(), 503);
    assertThat(text(entry, "response_flags")).contains("UF");
  }

  @Test
  void moreConnectionsThanAllowedAreNotOpened() throws IOException {
    int before = silent.connections();
    List<Socket> hanging = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        Socket socket = mesh.sleepAApplication().dial("pool.test", silent.port());
        hanging.add(socket);
        socket
            .getOutputStream()
            .write("GET / HTTP/1.1\r\nHost: pool.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      Await.until(
          "a third request is one too many",
          LIMIT,
          () -> mesh.sleepAApplication().get("pool.test", silent.port(), "/").status() == 503);
      assertThat(silent.connections() - before).isEqualTo(1);
    } finally {
      for (Socket socket : hanging) {
        socket.close();
      }
    }
  }
}
