package io.sallyport.e2e.harness;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// Outside hosts that answer the way httpbin does: `/get`, `/post`, `/anything`, `/status/N`, each
/// echoing url, method, headers and body as JSON. Real sockets and real TLS on loopback.
public final class PretendInternet implements Internet, AutoCloseable {
  private final PretendAuthority authority;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<HttpServer> servers = new ArrayList<>();
  private final AtomicLong requests = new AtomicLong();

  /// @param authority who vouches for its hosts
  public PretendInternet(PretendAuthority authority) {
    this.authority = authority;
  }

  /// Serves `names` on `address`, over HTTP and over HTTPS with a certificate for these names.
  public PretendInternet host(String address, int http, int https, List<String> names) {
    plain(address, http);
    return secured(
        address, https, authority.issue(Duration.ofHours(12), names.toArray(String[]::new)));
  }

  /// Serves HTTP only.
  public PretendInternet plain(String address, int port) {
    try {
      start(HttpServer.create(new InetSocketAddress(address, port), 256), "http");
    } catch (IOException e) {
      throw new UncheckedIOException("the pretend internet can't listen on " + address, e);
    }
    return this;
  }

  /// Serves HTTPS with a certificate of any kind.
  public PretendInternet secured(String address, int port, PretendAuthority.Credential shown) {
    try {
      HttpsServer secured = HttpsServer.create(new InetSocketAddress(address, port), 256);
      secured.setHttpsConfigurator(new HttpsConfigurator(shown.context(authority.certificate())));
      start(secured, "https");
    } catch (IOException e) {
      throw new UncheckedIOException("the pretend internet can't listen on " + address, e);
    }
    return this;
  }

  @Override
  public PretendAuthority authority() {
    return authority;
  }

  @Override
  public long requests() {
    return requests.get();
  }

  private void start(HttpServer server, String scheme) {
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, scheme));
    server.start();
    servers.add(server);
  }

  private void answer(HttpExchange exchange, String scheme) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getRawPath();
      String first = path.split("/", -1).length > 1 ? path.split("/", -1)[1] : "";
      int status =
          switch (first) {
            case "" -> 200;
            case "get" -> only(exchange, "GET", "HEAD");
            case "post" -> only(exchange, "POST");
            case "anything" -> 200;
            case "status" -> status(path);
            default -> 404;
          };
      byte[] echo = echo(exchange, scheme, body).toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Server", "pretend-internet");
      boolean noBody = exchange.getRequestMethod().equals("HEAD") || status == 204 || status == 304;
      exchange.sendResponseHeaders(status, noBody ? -1 : echo.length);
      if (!noBody) {
        exchange.getResponseBody().write(echo);
      }
    }
  }

  private static int only(HttpExchange exchange, String... methods) {
    return List.of(methods).contains(exchange.getRequestMethod()) ? 200 : 405;
  }

  private static int status(String path) {
    String number = path.substring(path.lastIndexOf('/') + 1);
    return number.matches("[2-5][0-9][0-9]") ? Integer.parseInt(number) : 400;
  }

  private static JsonObject echo(HttpExchange exchange, String scheme, byte[] body) {
    JsonObject headers = new JsonObject();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.addProperty(lower(name), String.join(",", values)));
    JsonArray lines = new JsonArray();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> values.forEach(value -> lines.add(lower(name) + ": " + value)));
    JsonObject echo = new JsonObject();
    echo.addProperty(
        "url",
        scheme + "://" + exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
    echo.addProperty("method", exchange.getRequestMethod());
    echo.add("headers", headers);
    echo.add("header_lines", lines);
    echo.addProperty("data", new String(body, StandardCharsets.UTF_8));
    echo.addProperty("origin", exchange.getRemoteAddress().getAddress().getHostAddress());
    echo.addProperty("connection", exchange.getRemoteAddress().toString());
    return echo;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
