package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.DnsServer;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.PretendAuthority;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// Several places for one host: weights, priorities, and other hosts.
class EndpointsTest extends BackendScenario {
  /// Comes back at once, so that a test need not wait.
  private static final String QUICK =
      "outlierDetection: {consecutive5xx: 1, interval: 100ms, baseEjectionTime: 100ms}";

  /// Does not come back within a test.
  private static final String LASTING =
      "outlierDetection: {consecutive5xx: 1, interval: 100ms, baseEjectionTime: 1h}";

  private final List<RawServer> servers = new ArrayList<>();
  private OutsidePolicy policy = new OutsidePolicy();
  private int primaryPort;
  private int deadPort;

  /// Knows a name as which an endpoint can be written.
  @SuppressWarnings("NullAway.Init")
  private DnsServer dns;

  @SuppressWarnings("NullAway.Init")
  private RawServer backup;

  @SuppressWarnings("NullAway.Init")
  private String outside;

  @BeforeParameterizedClassInvocation
  void openTheHostsAndThePolicy() {
    outside = mesh.outside();
    primaryPort = Layout.freePort(outside);
    deadPort = Layout.freePort(outside);
    dns = new DnsServer(outside);
    dns.answer("place.test", outside);
    String dead = "{address: %s, port: %d}".formatted(outside, deadPort);
    RawServer heavy = serve(saying("heavy"));
    RawServer light = serve(saying("light"));
    backup = serve(saying("backup"));
    String toBackup = address(backup, "priority: 1");
    policy
        .http("plain.test", httpPort(), "name: plain")
        .alias(mesh.layout().httpbin(), "plain.test");
    policy.http(
        "weighted.test",
        80,
        "endpoints: ["
            + address(heavy, "weight: 300")
            + ", "
            + address(light, "weight: 100")
            + "]");
    policy.http("down.test", 80, LASTING, "endpoints: [" + dead + ", " + toBackup + "]");
    policy.http(
        "back.test",
        80,
        QUICK,
        "endpoints: [{address: %s, port: %d}, %s]".formatted(outside, primaryPort, toBackup));
    policy.http(
        "all-down.test",
        80,
        "endpoints: [%s, {address: %s, port: %d, priority: 1}]"
            .formatted(dead, outside, Layout.freePort(outside)));
    policy.http(
        "all-of-one.test",
        80,
        "endpoints: [%s, %s, %s]".formatted(dead, address(light, "weight: 1"), toBackup));
    policy.http("asked.test", 80, "endpoints: [%s]".formatted(host("other.test", light)));
    policy.alias(outside, "other.test");
    policy.http(
        "names.test",
        80,
        "endpoints: [%s, {address: place.test, port: %d, priority: 1}]"
            .formatted(dead, serve(saying("named")).port()));
    mesh.outsideOfIpv6().ifPresent(this::overIpv6);
    upgraded("tls.test", "proven.test", "proven.test", dead + ", ");
    upgraded("liar.test", "named.test", "another.test", "");
    RawServer tunnel = serve(secured("tunnel.test"));
    policy.tls(
        "tunnel.test", 443, "endpoints: [" + dead + ", " + address(tunnel, "priority: 1") + "]");
    policy.resolver(dns).apply(mesh);
    awaitStatus(mesh.sleepAApplication(), "plain.test", 200);
  }

  @AfterParameterizedClassInvocation
  void closeTheHosts() {
    servers.forEach(RawServer::close);
    servers.clear();
    dns.close();
    policy = new OutsidePolicy();
  }

  private RawServer serve(RawServer.Conversation conversation) {
    RawServer server = new RawServer(outside, conversation);
    servers.add(server);
    return server;
  }

  private void overIpv6(String address) {
    RawServer server = new RawServer(address, saying("six"));
    servers.add(server);
    policy.http(
        "ipv6.test",
        80,
        "endpoints: [{address: \"%s\", port: %d}, {address: not-there.invalid, priority: 1}]"
            .formatted(address, server.port()));
  }

  private String address(RawServer server, String more) {
    return "{address: %s, port: %d, %s}".formatted(outside, server.port(), more);
  }

  private static String host(String name, RawServer server) {
    return "{host: %s, port: %d}".formatted(name, server.port());
  }

  /// Upgraded, and served by another host with a certificate for `proven`.
  private void upgraded(String host, String other, String proven, String first) {
    RawServer server = serve(secured(proven));
    policy
        .http(
            host,
            80,
            "httpsUpgrade: {enabled: true, port: 443}",
            "endpoints: [%s{host: %s, port: %d, priority: %d}]"
                .formatted(first, other, server.port(), first.isEmpty() ? 0 : 1))
        .alias(outside, other);
  }

  /// Answers with a name and the `Host` that it was asked for.
  private static RawServer.Conversation saying(String name) {
    return socket -> answer(socket, name);
  }

  private static void answer(Socket socket, String name) throws IOException {
    for (String head = RawServer.head(socket.getInputStream());
        !head.isEmpty();
        head = RawServer.head(socket.getInputStream())) {
      String asked =
          head.lines()
              .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("host:"))
              .map(line -> line.substring("host:".length()).strip())
              .findFirst()
              .orElse("");
      String body = name + " as " + asked;
      socket
          .getOutputStream()
          .write(
              ("HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
                  .getBytes(StandardCharsets.US_ASCII));
    }
  }

  private RawServer.Conversation secured(String proven) {
    PretendAuthority authority = mesh.internet().authority();
    SSLContext tls = authority.issue(VALID, proven).context(authority.certificate());
    return socket -> {
      SSLSocket secured = RawServer.secure(socket, tls, false);
      answer(secured, RawServer.serverName(secured));
    };
  }

  private String said(String host) {
    return mesh.sleepAApplication().get(host, 80, "/") instanceof Answer.Response response
        ? response.status() + " " + response.body()
        : "nothing";
  }

  /// Binomially, of 400 requests 300 go to the heavier one with a standard deviation of 8.7. More
  /// than 60 away from it (6.9 deviations) happens less than once in 10^11 times.
  @Test
  void weightsAreShares() {
    int heavier = 0;
    for (int i = 0; i < 400; i++) {
      String said = said("weighted.test");
      assertThat(said).isIn("200 heavy as weighted.test", "200 light as weighted.test");
      heavier += said.startsWith("200 heavy") ? 1 : 0;
    }
    assertThat(heavier).isBetween(240, 360);
  }

  @Test
  void whatTheFirstDoesNotTakeGoesToTheNextWithinTheSameRequest() {
    for (int i = 0; i < 20; i++) {
      assertThat(said("down.test")).isEqualTo("200 backup as down.test");
    }
    assertThat(logged("down.test", 200).get("upstream_host").getAsString())
        .endsWith(":" + backup.port());
  }

  @Test
  void aPriorityIsInUseAsLongAsOneOfItWorks() {
    for (int i = 0; i < 20; i++) {
      assertThat(said("all-of-one.test")).isEqualTo("200 light as all-of-one.test");
    }
  }

  @Test
  void theFirstIsInUseAgainOnceItIsBack() {
    assertThat(said("back.test")).isEqualTo("200 backup as back.test");
    try (RawServer primary = new RawServer(outside, primaryPort, saying("primary"))) {
      Await.until(
          "the first takes requests again",
          LIMIT,
          () -> said("back.test").equals("200 primary as back.test"));
      assertThat(primary.connections()).isPositive();
    }
    assertThat(said("back.test")).isEqualTo("200 backup as back.test");
  }

  @Test
  void whereAllAreDownTheAnswerIs503() {
    for (int i = 0; i < 10; i++) {
      assertThat(said("all-down.test")).startsWith("503");
    }
    assertThat(text(logged("all-down.test", 503), "response_flags")).containsAnyOf("UF", "UH");
  }

  @Test
  void anotherHostIsAskedForByItsOwnName() {
    String port = ":" + servers.get(1).port();
    assertThat(said("asked.test")).isEqualTo("200 light as other.test" + port);
  }

  @Test
  void anotherHostProvesItsOwnName() {
    assertThat(said("tls.test")).startsWith("200 proven.test as proven.test:");
    assertThat(said("liar.test")).startsWith("503");
    assertThat(text(logged("liar.test", 503), "upstream_transport_failure"))
        .contains("CERTIFICATE_VERIFY_FAILED");
  }

  @Test
  void anAddressMayBeAName() {
    assertThat(said("names.test")).isEqualTo("200 named as names.test");
  }

  @Test
  void anAddressMayBeOfIpv6() {
    Assumptions.assumeTrue(mesh.outsideOfIpv6().isPresent(), "no IPv6 here");
    assertThat(said("ipv6.test")).isEqualTo("200 six as ipv6.test");
  }

  /// A connection has nothing to be sent again, so the first ones may be lost.
  @Test
  void tunnelsGoToTheNextOnceTheFirstHasFailed() {
    Application application = mesh.sleepAApplication();
    Await.until(
        "a tunnel to the second",
        LIMIT,
        () ->
            application.https(applicationTls().getSocketFactory(), "tunnel.test", 443, "/").status()
                == 200);
    for (int i = 0; i < 10; i++) {
      Answer answer =
          application.https(applicationTls().getSocketFactory(), "tunnel.test", 443, "/");
      assertThat(answer).isInstanceOf(Answer.Response.class);
      assertThat(((Answer.Response) answer).body()).isEqualTo("tunnel.test as tunnel.test");
    }
  }

  private JsonObject logged(String host, int status) {
    int before = mesh.gateway().accessLog().size();
    String path = unique("/logged");
    assertThat(mesh.sleepAApplication().get(host, 80, path).status()).isEqualTo(status);
    return mesh.gateway().awaitLog(path, before, entry -> text(entry, "path").equals(path));
  }
}
