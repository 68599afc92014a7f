package io.sallyport.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.status.MeshReport;
import io.sallyport.status.Metrics;
import io.sallyport.status.StatusBoard;
import io.sallyport.xds.ProxyId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The admin port, over real HTTP.
class AdminServerTest {
  private static final Instant NOW = Instant.parse("2030-06-01T12:00:00.123Z");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final StatusBoard board =
      new StatusBoard(() -> NOW, new Metrics(registry), Map::of, _ -> List.of());
  private volatile List<String> waitingFor = List.of();
  private AdminServer server;
  private String address;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws IOException {
    server =
        new AdminServer(
            "admin.test",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            board,
            registry,
            () -> waitingFor);
    address = server.address().getAddress().getHostAddress() + ":" + server.address().getPort();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private HttpResponse<String> request(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void isHealthyWhileItAnswers() throws Exception {
    HttpResponse<String> response = request("GET", "/healthz");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok\n");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void isReadyWhenNothingIsWaitedFor() throws Exception {
    waitingFor = List.of("policies: no such file or directory", "the xDS port is not open");
    HttpResponse<String> response = request("GET", "/readyz");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body())
        .isEqualTo("policies: no such file or directory\nthe xDS port is not open\n");
    waitingFor = List.of();
    assertThat(request("GET", "/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void servesMetrics() throws Exception {
    board.sent(1, ResourceType.CLUSTER, List.of(), List.of(), 10);
    HttpResponse<String> response = request("GET", "/metrics");
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).contains("sallyport_xds_sent_bytes_total{type=\"CDS\"} 10.0");
  }

  @Test
  void servesWhatTheClientReads() throws Exception {
    board.connected(1, new ProxyId("sidecar", "mytest", "sleep-a"), "sotw", "envoy/1.40.0");
    HttpResponse<String> json = request("GET", "/v1/proxies?pretty");
    assertThat(json.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(json.body())
        .contains("\"at\": \"2030-06-01T12:00:00.123Z\"")
        .contains("\"type\": \"CDS\"")
        .contains("\"certificate\": null");
    try (AdminClient reader = new AdminClient(address)) {
      assertThat(reader.proxies()).isEqualTo(board.proxies());
      assertThat(reader.proxies().proxies()).hasSize(1);
      assertThat(reader.mesh()).isEqualTo(new MeshReport(NOW, List.of(), List.of()));
    }
  }

  @Test
  void theClientSaysWhatIsWrong() throws Exception {
    try (AdminClient reader = new AdminClient(address)) {
      server.close();
      assertThatThrownBy(reader::proxies).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/healthz/", "/healthzz", "/v1", "/v1/proxies/x", "/../etc/passwd"})
  void knowsNothingElse(String path) throws Exception {
    assertThat(request("GET", path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
  void onlyReads(String method) throws Exception {
    HttpResponse<String> response = request(method, "/v1/status");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("GET");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:15014, 200",
    "localhost, 200",
    "LOCALHOST:15014, 200",
    "[::1]:15014, 200",
    "10.1.2.3, 200",
    "admin.test:15014, 200",
    "evil.example, 421",
    "evil.example:15014, 421",
    "localhost.evil.example, 421",
    "127.0.0.1.evil.example, 421",
    "1234, 421",
    "'', 421",
  })
  void answersOnlyToItsOwnNames(String host, int status) throws Exception {
    assertThat(raw("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status);
  }

  @Test
  void wantsOneHost() throws Exception {
    assertThat(raw("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421");
    assertThat(
            raw(
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n"
                    + "Connection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421");
  }

  @Test
  void clientsThatSayNothingDoNotKeepOthersOut() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
        silent.add(socket);
        socket.getOutputStream().write("GET /healthz HT".getBytes(StandardCharsets.US_ASCII));
      }
      assertThat(request("GET", "/healthz").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
