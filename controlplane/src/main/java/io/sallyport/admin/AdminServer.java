package io.sallyport.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sallyport.status.StatusBoard;
import io.sallyport.status.StatusJson;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers over HTTP, without TLS and to anyone who reaches it, so it listens on loopback unless
/// told otherwise. It only reads: `GET` of
///
/// - `/healthz`: 200 while the process answers;
/// - `/readyz`: 200 once proxies can be served, else 503 and what is waited for, a reason a line;
/// - `/metrics`: Prometheus text;
/// - `/v1/proxies`, `/v1/status`: a [io.sallyport.status.ProxyReport] and a
///   [io.sallyport.status.MeshReport] as [StatusJson] writes them.
public final class AdminServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  /// The JDK's server takes these from system properties, once, when its first class is loaded.
  // Each
  /// connection costs a virtual thread until it has been silent or slow for too long.
  static {
    limit("sun.net.httpserver.maxReqTime", "10");
    limit("sun.net.httpserver.maxRspTime", "30");
    limit("sun.net.httpserver.maxReqHeaders", "64");
    limit("jdk.httpserver.maxConnections", "256");
  }

  private final String configuredHost;
  private final StatusBoard board;
  private final PrometheusMeterRegistry registry;
  private final Supplier<List<String>> waitingFor;
  private final ExecutorService executor;
  private final HttpServer server;

  private record Answer(int status, String type, String body) {}

  /// Opens the port; 0 is any free one.
  ///
  /// @param host the name or address that `address` was made from
  /// @param waitingFor what is missing before proxies can be served; empty once they can
  /// @throws IOException where the port can't be had
  public AdminServer(
      String host,
      InetSocketAddress address,
      StatusBoard board,
      PrometheusMeterRegistry registry,
      Supplier<List<String>> waitingFor)
      throws IOException {
    this.configuredHost = host;
    this.board = board;
    this.registry = registry;
    this.waitingFor = waitingFor;
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    this.server = HttpServer.create(address, 0);
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  private static void limit(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (RuntimeException e) {
        log.error("answering {}", exchange.getRequestURI().getPath(), e);
        answer = new Answer(500, TEXT, "internal error, see the log\n");
      }
      send(exchange, answer);
    }
  }

  private Answer answer(HttpExchange exchange) {
    List<String> hosts = exchange.getRequestHeaders().getOrDefault("Host", List.of());
    if (hosts.size() != 1 || !HostHeader.isOurs(hosts.getFirst(), configuredHost)) {
      return new Answer(421, TEXT, "unknown host, expected an IP address or localhost\n");
    }
    Supplier<Answer> resource =
        switch (exchange.getRequestURI().getPath()) {
          case "/healthz" -> () -> new Answer(200, TEXT, "ok\n");
          case "/readyz" -> this::readiness;
          case "/metrics" -> () -> new Answer(200, METRICS, registry.scrape());
          case "/v1/proxies" -> () -> json(board.proxies());
          case "/v1/status" -> () -> json(board.mesh());
          case null, default -> () -> new Answer(404, TEXT, "not found\n");
        };
    if (!exchange.getRequestMethod().equals("GET")) {
      exchange.getResponseHeaders().set("Allow", "GET");
      return new Answer(405, TEXT, "method not allowed, expected GET\n");
    }
    return resource.get();
  }

  private Answer readiness() {
    List<String> reasons = waitingFor.get();
    return reasons.isEmpty()
        ? new Answer(200, TEXT, "ok\n")
        : new Answer(503, TEXT, String.join("\n", reasons) + "\n");
  }

  private static Answer json(Record report) {
    return new Answer(200, "application/json", StatusJson.write(report) + "\n");
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    boolean withBody = !exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status, withBody ? body.length : -1);
    if (withBody) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
