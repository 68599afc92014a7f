package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP to hosts below a wildcard.
class WildcardHostsTest extends WildcardScenario {
  @ParameterizedTest
  @ValueSource(strings = {"one.granted.test", "a.deep.granted.test", "ONE.granted.TEST"})
  void namesBelowAreReachedWithTheirOwnName(String host) {
    Answer answer = get(mesh.sleepAApplication(), host, "/anything");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    JsonObject echo = ((Answer.Response) answer).json();
    assertThat(echo.get("url").getAsString())
        .isEqualTo("http://" + host + ":" + httpPort() + "/anything");
    assertThat(echo.get("headers").getAsJsonObject().keySet())
        .noneMatch(name -> name.startsWith("x-"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "granted.test",
        "evilgranted.test",
        ".granted.test",
        "one.granted.test.evil.example",
        "127.0.0.1",
        "-one.granted.test",
        "a..granted.test",
        "évil.granted.test",
        "one.granted.test,evil.example",
        "evil.example#.granted.test",
        "evil.example/.granted.test",
        "user@one.granted.test",
        "%2e.granted.test",
      })
  void whatIsNotANameBelowIsRefusedAtBothPlaces(String host) {
    String request = "GET /anything HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    assertThat(mesh.sleepAApplication().raw("one.granted.test", httpPort(), request).status())
        .isIn(400, 502);
    assertThat(atGateway("mytest-sleep-a", host).status()).isIn(400, 403);
  }

  @Test
  void aTrailingDotAndAPortMakeNoDifference() {
    assertThat(atGateway("mytest-sleep-a", "one.granted.test.:77").status()).isEqualTo(200);
  }

  @Test
  void anotherWorkloadIsRefused() {
    assertThat(get(mesh.nginxApplication(), "one.granted.test", "/anything").status())
        .isEqualTo(502);
    assertThat(atGateway("default-nginx", "one.granted.test").status()).isEqualTo(403);
  }

  @Test
  void aHostThatAnotherRuleNamesIsStillBelowTheWildcard() {
    assertThat(get(mesh.nginxApplication(), "exact.public.test", "/anything").status())
        .isEqualTo(200);
    assertThat(get(mesh.sleepAApplication(), "exact.public.test", "/anything").status())
        .isEqualTo(200);
    assertThat(get(mesh.nginxApplication(), "alias.public.test", "/anything").status())
        .isEqualTo(502);
  }

  @Test
  void aFixedAddressBelowAWildcardIsGrantedByWhoWroteIt() {
    assertThat(get(mesh.sleepAApplication(), "alias.public.test", "/anything").status())
        .isEqualTo(200);
  }

  @Test
  void privateAnswersAreRefused() {
    dns.answer("metadata.public.test", "169.254.169.254", "::ffff:169.254.169.254");
    dns.answer("inside.public.test", notGranted);
    dns.answer("private.granted.test", notGranted);
    for (String host :
        new String[] {"metadata.public.test", "inside.public.test", "private.granted.test"}) {
      assertThat(text(unanswered(host), "reason")).isEqualTo("resolved_to_private_address");
    }
  }

  /// What is behind an address that can't be reached must not be tried in its place.
  @Test
  void aPrivateAddressBehindAPublicOneIsNotTried() {
    dns.answer("both.granted.test", "192.0.2.1", notGranted);
    dns.answer("turned.granted.test", notGranted, "192.0.2.1");
    assertThat(text(unanswered("both.granted.test"), "upstream_host")).startsWith("192.0.2.1");
    assertThat(text(unanswered("turned.granted.test"), "upstream_host")).startsWith("192.0.2.1");
  }

  @Test
  void anAnswerThatBecomesPrivateIsNotFollowed() {
    String host = "moved.granted.test";
    dns.answer(host, granted);
    awaitStatus(mesh.sleepAApplication(), host, 200);
    dns.answer(host, notGranted);
    int asked = dns.queries(host);
    Await.until("the gateway asks again", LIMIT, () -> dns.queries(host) > asked + 1);
    assertThat(get(mesh.sleepAApplication(), host, "/anything").status()).isIn(200, 503);
  }

  @Test
  void aNameThatDoesNotExistIs503UntilItDoes() {
    assertThat(text(unanswered("new.granted.test"), "reason")).isEqualTo("host_not_resolved");
    dns.answer("new.granted.test", granted);
    awaitStatus(mesh.sleepAApplication(), "new.granted.test", 200);
  }

  @Test
  void noTwoHostsShareAConnection() {
    Map<String, Set<String>> byHost = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      String host = i % 2 == 0 ? "two.granted.test" : "other.granted.test";
      JsonObject echo = ((Answer.Response) atGateway("mytest-sleep-a", host)).json();
      assertThat(echo.get("url").getAsString()).contains(host);
      byHost.computeIfAbsent(host, _ -> new HashSet<>()).add(echo.get("connection").getAsString());
    }
    Set<String> two = byHost.get("two.granted.test");
    assertThat(two).as("some are used again").hasSizeLessThan(10);
    assertThat(two).doesNotContainAnyElementsOf(byHost.get("other.granted.test"));
  }

  @Test
  void requestsAreComparedAsWithOtherHosts() {
    dns.answer("one.read.test", granted);
    Application application = mesh.sleepAApplication();
    awaitStatus(application, "one.read.test", 200);
    assertThat(application.http("POST", "one.read.test", httpPort(), "/post", "").status())
        .isEqualTo(403);
  }

  /// On a port that is not the scheme's, which the outside server hears.
  @Test
  void aWebSocketIsOpened() throws Exception {
    dns.answer("one.socket.test", granted);
    String host = "one.socket.test:" + socketServer.port();
    try (Socket socket = mesh.sleepAApplication().dial("one.socket.test", socketServer.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      OutputStream out = socket.getOutputStream();
      out.write(
          ("GET /chat HTTP/1.1\r\nHost: "
                  + host
                  + "\r\nx-sallyport-authority: evil.example\r\n"
                  + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      assertThat(RawServer.head(socket.getInputStream())).startsWith("HTTP/1.1 101");
      assertThat(heads.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .contains("\r\nhost: " + host + "\r\n")
          .doesNotContain("x-sallyport", "evil.example");
      byte[] frame = {(byte) 0x82, 3, 'a', 'b', 'c'};
      out.write(frame);
      assertThat(socket.getInputStream().readNBytes(frame.length)).isEqualTo(frame);
    }
  }
}
