package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The ways in which a request tries to be taken for another: paths, Host, forwarding headers. Each
/// row is sent by `sleep-a`, which may reach httpbin.org and www.httpbin.org on port 80 and nothing
/// else.
class RequestTricksTest extends BackendScenario {
  @BeforeParameterizedClassInvocation
  void bringThePolicyIntoForce() {
    onlyHttpPolicy();
  }

  /// name, request, statuses that are right
  static Stream<Arguments> requests() {
    return Stream.of(
        // who is asked
        row("host in upper case", get("/get", "Host: HTTPBIN.ORG"), 200),
        row("host with its port", get("/get", "Host: httpbin.org:80"), 200),
        row("host with another port", get("/get", "Host: httpbin.org:8080"), 200),
        row("host with a trailing dot", get("/get", "Host: httpbin.org."), 200),
        row("trailing dot and port", get("/get", "Host: httpbin.org.:80"), 200),
        row("another host", get("/get", "Host: evil.example"), 502),
        row("a host that ends like an allowed one", get("/get", "Host: evilhttpbin.org"), 502),
        row("a host below an allowed one", get("/get", "Host: a.httpbin.org"), 502),
        row(
            "an allowed host as user part",
            get("/get", "Host: httpbin.org@evil.example"),
            400,
            502),
        row("an allowed host and a comma", get("/get", "Host: httpbin.org,evil.example"), 400, 502),
        row("an address as host", get("/get", "Host: 127.0.0.1"), 502),
        row("an IDN that looks like one", get("/get", "Host: xn--httpbn-4va.org"), 502),
        row("the same, not encoded", get("/get", "Host: httpb\u00edn.org"), 400, 502),
        row("full-width letters", get("/get", "Host: \u00ef\u00bd\u0088ttpbin.org"), 400, 502),
        row("two hosts", get("/get", "Host: httpbin.org", "Host: evil.example"), 400, 502),
        row(
            "two hosts, the other way round",
            get("/get", "Host: evil.example", "Host: httpbin.org"),
            400,
            502),
        row("no host", get("/get"), 400),
        row("an empty host", get("/get", "Host:"), 400, 502),
        row(
            "x-forwarded-host does not count",
            get("/get", "Host: evil.example", "X-Forwarded-Host: httpbin.org"),
            502),
        row(
            "absolute form, allowed",
            "GET http://httpbin.org/get HTTP/1.1\r\nHost: evil.example\r\n",
            200),
        row(
            "absolute form, not allowed",
            "GET http://evil.example/get HTTP/1.1\r\nHost: httpbin.org\r\n",
            502),
        row(
            "absolute form, https",
            "GET https://evil.example/get HTTP/1.1\r\nHost: httpbin.org\r\n",
            400,
            403,
            502),
        row(
            "CONNECT",
            "CONNECT httpbin.org:443 HTTP/1.1\r\nHost: httpbin.org\r\n",
            400,
            403,
            404,
            502),
        row(
            "CONNECT elsewhere",
            "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n",
            400,
            403,
            404,
            502),
        row("HTTP/1.0 with a host", "GET /get HTTP/1.0\r\nHost: httpbin.org\r\n", 200),
        row("HTTP/1.0 without a host", "GET /get HTTP/1.0\r\n", 400, 502),
        row("HTTP/1.0 blocked", "GET /get HTTP/1.0\r\nHost: evil.example\r\n", 502),
        row(
            "upgrade to h2c",
            get(
                "/get",
                "Host: httpbin.org",
                "Connection: Upgrade, HTTP2-Settings",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAAQAAP__"),
            200,
            400,
            403),
        row("h2c with prior knowledge, blocked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0),
        row(
            "upgrade to h2c, blocked",
            get(
                "/get",
                "Host: evil.example",
                "Connection: Upgrade, HTTP2-Settings",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAAQAAP__"),
            400,
            403,
            502),
        row(
            "websocket is not granted",
            get(
                "/get",
                "Host: httpbin.org",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="),
            400,
            403),
        // header names that are taken for others
        row(
            "underscore in a header name",
            get("/get", "Host: httpbin.org", "x_forwarded_for: 1.2.3.4"),
            400),
        row("fragment in the path", get("/get#/../post", "Host: httpbin.org"), 400),
        row(
            "both lengths",
            "POST /post HTTP/1.1\r\n"
                + "Host: httpbin.org\r\n"
                + "Content-Length: 4\r\n"
                + "Transfer-Encoding: chunked\r\n",
            400),
        row(
            "two lengths",
            "POST /post HTTP/1.1\r\n"
                + "Host: httpbin.org\r\n"
                + "Content-Length: 4\r\n"
                + "Content-Length: 5\r\n",
            400),
        row(
            "a header of 100 KB",
            get("/get", "Host: httpbin.org", "X-Big: " + "a".repeat(100_000)),
            431),
        row("not HTTP at all", "\u0000\u0001\u0002\u0003 nonsense\r\n", 0, 400));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void isAnsweredAsItShould(String name, String request, Set<Integer> right) {
    Answer answer = mesh.sleepAApplication().raw("httpbin.org", httpPort(), request);
    assertThat(right).as("%s: %s", name, answer).contains(answer.status());
    if (answer instanceof Answer.Response response && response.status() == 200) {
      assertThat(response.json().getAsJsonObject("headers").get("host").getAsString())
          .as("the host that leaves is one that the rule names")
          .isIn("httpbin.org", "www.httpbin.org");
    }
  }

  /// path as sent, path as it must arrive, or empty where it must not arrive
  static Stream<Arguments> paths() {
    return Stream.of(
        Arguments.of("/anything/../get", "/get"),
        Arguments.of("/anything/./x", "/anything/x"),
        Arguments.of("//get", "/get"),
        Arguments.of("/anything//x", "/anything/x"),
        Arguments.of("/anything/%2e%2e/get", "/get"),
        Arguments.of("/anything%2fx", ""),
        Arguments.of("/anything%5cx", ""),
        Arguments.of("/anything\\x", "/anything/x"));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aPathArrivesInOneFormOrNotAtAll(String sent, String arrives) {
    Answer answer =
        mesh.sleepAApplication().raw("httpbin.org", httpPort(), get(sent, "Host: httpbin.org"));
    if (answer.status() == 200) {
      String url = ((Answer.Response) answer).json().get("url").getAsString();
      assertThat(url).isEqualTo("http://httpbin.org" + (arrives.isEmpty() ? "?" : arrives));
    } else {
      assertThat(answer.status()).isIn(301, 307, 400, 404);
      assertThat(arrives).isEmpty();
    }
  }

  /// Headers that must not leave the mesh, whoever wrote them.
  static List<String> meshHeaders() {
    return List.of(
        "X-Forwarded-Client-Cert: By=spiffe://x;URI=spiffe://y",
        "X-Envoy-Retry-On: 5xx",
        "X-Envoy-Upstream-Rq-Timeout-Ms: 1",
        "X-Envoy-Expected-Rq-Timeout-Ms: 1",
        "X-Envoy-Original-Path: /secret",
        "X-Envoy-Internal: true",
        "X-Envoy-External-Address: 10.0.0.1",
        "X-Envoy-Decorator-Operation: secret",
        "X-Envoy-Attempt-Count: 1",
        "X-Envoy-Something-New: 1",
        "X-Forwarded-For: 10.1.2.3",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: secret.internal",
        "X-Forwarded-Port: 15001",
        "Forwarded: for=10.1.2.3");
  }

  @ParameterizedTest
  @MethodSource("meshHeaders")
  void meshHeadersNeverReachTheOutside(String header) {
    Answer answer =
        mesh.sleepAApplication()
            .raw("httpbin.org", httpPort(), get("/anything", "Host: httpbin.org", header));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(namesOfMeshHeaders(answer)).isEmpty();
  }

  @org.junit.jupiter.api.Test
  void whatTheProxiesAddStaysInside() {
    Answer answer = get(mesh.sleepAApplication(), "httpbin.org", "/anything");
    JsonObject headers = ((Answer.Response) answer).json().getAsJsonObject("headers");
    assertThat(headers.keySet()).containsOnly("host");
    assertThat(((Answer.Response) answer).headers().keySet())
        .noneMatch(name -> name.startsWith("x-envoy"));
    assertThat(((Answer.Response) answer).header("server")).contains("pretend-internet");
  }

  @org.junit.jupiter.api.Test
  void whatTheApplicationSaysOfItselfLeaves() {
    Answer answer =
        mesh.sleepAApplication()
            .raw(
                "httpbin.org",
                httpPort(),
                get(
                    "/anything",
                    "Host: httpbin.org",
                    "Authorization: Bearer t",
                    "X-Own: 1",
                    "User-Agent: test"));
    JsonObject headers = ((Answer.Response) answer).json().getAsJsonObject("headers");
    assertThat(headers.get("authorization").getAsString()).isEqualTo("Bearer t");
    assertThat(headers.get("x-own").getAsString()).isEqualTo("1");
    assertThat(headers.get("user-agent").getAsString()).isEqualTo("test");
  }

  private static List<String> namesOfMeshHeaders(Answer answer) {
    return ((Answer.Response) answer)
        .json().getAsJsonObject("headers").keySet().stream()
            .filter(name ->
                name.startsWith("x-envoy")
                    || name.startsWith("x-forwarded")
                    || name.equals("forwarded"))
            .toList();
  }

  private static Arguments row(String name, String request, Integer... right) {
    return Arguments.of(
        name, request + (request.endsWith("\r\n\r\n") ? "" : "\r\n"), Set.of(right));
  }

  private static String get(String path, String... headers) {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return request.append("\r\n").toString();
  }
}
