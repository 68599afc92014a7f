package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.DnsServer;
import io.sallyport.e2e.harness.GatewayClient;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.PretendInternet;
import io.sallyport.e2e.harness.RawHttp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `*.granted.test`, whose names DNS gives an address that the rule grants; `*.public.test` without
/// such a grant; and `forbidden`, a server at an address that no rule grants, which nobody reaches.
class WildcardHostsTest extends MeshScenario {
  private static final String WILDCARD = "*.granted.test";

  @SuppressWarnings("NullAway.Init")
  private DnsServer dns;

  @SuppressWarnings("NullAway.Init")
  private PretendInternet forbidden;

  private int https;

  @BeforeAll
  void openTheHostsAndThePolicy() {
    dns = new DnsServer(mesh.layout().alibaba());
    forbidden = new PretendInternet().plain(mesh.layout().nginx(), mesh.layout().http());
    https = Layout.freePort(mesh.layout().httpbin());
    mesh.internet()
        .secured(
            mesh.layout().httpbin(),
            https,
            mesh.internet()
                .issue(
                    Duration.ofHours(1),
                    "one.granted.test",
                    "*.deep.granted.test",
                    "one.upgraded.test",
                    "*.deep.upgraded.test"));
    forbidden.secured(
        mesh.layout().nginx(),
        https,
        forbidden.issue(Duration.ofHours(1), "moved.granted.test", "private.granted.test"));
    mesh.documents()
        .replaceInMesh(
            "  dns:\n    hostAliases:\n",
            "  dns:\n    resolvers: [\"%s\"]\n    hostAliases:\n      - {ip: \"%s\", hostnames: [%s]}\n"
                .formatted(dns.address(), mesh.layout().httpbin(), "alias.public.test"));
    for (String name : new String[] {"one", "two", "a.deep", "other", "exact"}) {
      dns.answer(name + ".granted.test", mesh.layout().httpbin());
      dns.answer(name + ".upgraded.test", mesh.layout().httpbin());
    }
    dns.answer("granted.test", mesh.layout().httpbin());
    dns.answer("evilgranted.test", mesh.layout().httpbin());
    dns.answer("exact.public.test", mesh.layout().httpbin());
    mesh.documents().write("policy.yaml", policy());
    awaitStatus(mesh.sleepAApplication(), "one.granted.test", 200);
  }

  private String policy() {
    return """
    apiVersion: mesh.sallyport.io/v1
    kind: EgressTrafficPolicy
    metadata: {name: wildcards, namespace: istio-egress}
    spec:
      byEgressGateway: {name: egressgateway}
      egressRules:
        - from: [{namespace: mytest}]
          to:
            - hosts: ["*.granted.test"]
              port: {number: %1$d, protocol: HTTP}
              byEgressGateway: {port: 80}
              resolvedAddresses: [%3$s]
              timeouts: {connect: 500ms}
            - hosts: ["*.public.test"]
              port: {number: %1$d, protocol: HTTP}
              byEgressGateway: {port: 80}
            - hosts: ["*.upgraded.test"]
              port: {number: %1$d, protocol: HTTP}
              byEgressGateway: {port: 80}
              httpsUpgrade: {enabled: true, port: %2$d}
              resolvedAddresses: [%3$s]
            - hosts: ["*.granted.test"]
              port: {number: %2$d, protocol: HTTPS}
              byEgressGateway: {port: 444}
              resolvedAddresses: [%3$s]
        - from: [{namespace: default}]
          to:
            - hosts: [exact.public.test]
              port: {number: %1$d, protocol: HTTP}
              byEgressGateway: {port: 80}
    """
        .formatted(httpPort(), https, mesh.layout().httpbin() + "/32");
  }

  @AfterEach
  void nobodyReachedTheForbidden() {
    assertThat(forbidden.requests()).isZero();
  }

  @AfterAll
  void close() {
    dns.close();
    forbidden.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"one.granted.test", "a.deep.granted.test", "ONE.granted.TEST"})
  void namesBelowAreReachedWithTheirOwnName(String host) {
    Answer answer = get(mesh.sleepAApplication(), host, "/anything");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    JsonObject echo = ((Answer.Response) answer).json();
    assertThat(echo.get("url").getAsString()).isEqualTo("http://" + host + "/anything");
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
    assertThat(get(mesh.sleepAApplication(), host, "/anything").status()).isIn(400, 502);
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
    dns.answer("inside.public.test", mesh.layout().nginx());
    dns.answer("private.granted.test", mesh.layout().nginx());
    for (String host :
        new String[] {"metadata.public.test", "inside.public.test", "private.granted.test"}) {
      assertThat(text(unanswered(host), "reason")).isEqualTo("resolved_to_private_address");
    }
  }

  /// What is behind an address that can't be reached must not be tried in its place.
  @Test
  void aPrivateAddressBehindAPublicOneIsNotTried() {
    dns.answer("both.granted.test", "192.0.2.1", mesh.layout().nginx());
    dns.answer("turned.granted.test", mesh.layout().nginx(), "192.0.2.1");
    assertThat(text(unanswered("both.granted.test"), "upstream_host")).startsWith("192.0.2.1");
    assertThat(text(unanswered("turned.granted.test"), "upstream_host")).startsWith("192.0.2.1");
  }

  @Test
  void anAnswerThatBecomesPrivateIsNotFollowed() {
    String host = "moved.granted.test";
    dns.answer(host, mesh.layout().httpbin());
    awaitStatus(mesh.sleepAApplication(), host, 200);
    dns.answer(host, mesh.layout().nginx());
    int asked = dns.queries(host);
    Await.until("the gateway asks again", LIMIT, () -> dns.queries(host) > asked + 1);
    assertThat(get(mesh.sleepAApplication(), host, "/anything").status()).isIn(200, 503);
  }

  @Test
  void aNameThatDoesNotExistIs503UntilItDoes() {
    assertThat(text(unanswered("new.granted.test"), "reason")).isEqualTo("host_not_resolved");
    dns.answer("new.granted.test", mesh.layout().httpbin());
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
  void theGatewayStartsTlsAndVerifiesTheNameThatWasAskedFor() {
    assertThat(get(mesh.sleepAApplication(), "one.upgraded.test", "/anything").status())
        .isEqualTo(200);
    JsonObject echo =
        ((Answer.Response) get(mesh.sleepAApplication(), "a.deep.upgraded.test", "/anything"))
            .json();
    assertThat(echo.get("url").getAsString())
        .isEqualTo("https://a.deep.upgraded.test:" + https + "/anything");
    assertThat(echo.get("headers").getAsJsonObject().keySet())
        .noneMatch(name -> name.startsWith("x-"));
    // there is a connection to that address already, for another name
    assertThat(text(unanswered("two.upgraded.test"), "upstream_transport_failure")).contains("SAN");
  }

  @Test
  void tlsOfTheApplicationIsCarriedToTheNameThatItAsksFor() {
    for (String host :
        new String[] {"one.granted.test", "a.deep.granted.test", "one.upgraded.test"}) {
      assertThat(tls(host).status()).as(host).isEqualTo(200);
    }
  }

  @Test
  void tlsToOtherNamesIsReset() {
    for (String host :
        new String[] {"granted.test", "evilgranted.test", "one.granted.test.evil.example"}) {
      assertThat(tls(host)).as(host).isInstanceOf(Answer.Closed.class);
    }
  }

  @Test
  void tlsToPrivateAnswersIsReset() {
    dns.answer("private.granted.test", mesh.layout().nginx());
    for (String host : new String[] {"private.granted.test", "missing.granted.test"}) {
      int logged = mesh.gateway().accessLog().size();
      assertThat(tls(host)).as(host).isInstanceOf(Answer.Closed.class);
      JsonObject line =
          mesh.gateway()
              .awaitLog(
                  host,
                  logged,
                  entry ->
                      text(entry, "requested_server_name").equals(host)
                          && text(entry, "filter_chain").startsWith("inner_"));
      assertThat(text(line, "reason")).isEqualTo("host_not_resolved");
    }
  }

  /// What the hop asks for must not let other names in, past the sidecar.
  @Test
  void theHopOfAWildcardLetsOnlyNamesBelowThrough() {
    String client = "mytest-sleep-a";
    String hop = "outbound_." + https + "_.wildcard_.granted.test";
    assertThat(through(client, hop, "one.granted.test").status()).isEqualTo(200);
    assertThat(through(client, hop, "granted.test")).isInstanceOf(Answer.Closed.class);
    assertThat(through(client, hop, "one.upgraded.test")).isInstanceOf(Answer.Closed.class);
    assertThat(through(client, "outbound_." + https + "_._.one.granted.test", "one.granted.test"))
        .isInstanceOf(Answer.Closed.class);
    assertThat(through("default-nginx", hop, "one.granted.test")).isInstanceOf(Answer.Closed.class);
  }

  @Test
  void aRuleThatGoesTakesItsNamesAlong() {
    mesh.documents().write("policy.yaml", policy().replace(WILDCARD, "*.else.test"));
    try {
      awaitStatus(mesh.sleepAApplication(), "one.granted.test", 502);
      Await.until(
          "the gateway refuses, too",
          LIMIT,
          () -> atGateway("mytest-sleep-a", "one.granted.test").status() == 403);
      assertThat(tls("one.granted.test")).isInstanceOf(Answer.Closed.class);
    } finally {
      mesh.documents().write("policy.yaml", policy());
      awaitStatus(mesh.sleepAApplication(), "one.granted.test", 200);
    }
  }

  private Answer tls(String host) {
    return mesh.sleepAApplication()
        .https(applicationTls().getSocketFactory(), host, https, "/anything");
  }

  /// With a client of its own: one that was connected before would ask for the same name again.
  private Answer through(String proxy, String hop, String name) {
    GatewayClient client = GatewayClient.of(mesh.data().resolve("proxies").resolve(proxy));
    return client.request(
        new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayPassthrough()),
        hop,
        applicationTls(),
        Optional.of(name),
        "GET /get HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  private JsonObject unanswered(String host) {
    int logged = mesh.gateway().accessLog().size();
    String path = unique("/anything");
    Answer answer = get(mesh.sleepAApplication(), host, path);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
    return mesh.gateway().awaitLog(path, logged, entry -> text(entry, "path").equals(path));
  }

  /// Past the sidecar, as a proxy with that certificate.
  private Answer atGateway(String proxy, String host) {
    GatewayClient client = GatewayClient.of(mesh.data().resolve("proxies").resolve(proxy));
    InetSocketAddress port =
        new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayHttp());
    try (Socket socket = client.dial(port, Optional.empty())) {
      return RawHttp.exchange(
          socket, "GET /anything HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }
}
