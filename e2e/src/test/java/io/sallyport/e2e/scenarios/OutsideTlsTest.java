package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.e2e.harness.PretendAuthority.Credential;
import io.sallyport.e2e.harness.PretendInternet;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// TLS that the gateway starts: no connection to a host that can't prove its name.
class OutsideTlsTest extends BackendScenario {
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private OutsidePolicy policy = new OutsidePolicy();

  @SuppressWarnings("NullAway.Init")
  private PretendAuthority authority;

  @SuppressWarnings("NullAway.Init")
  private PretendInternet hosts;

  @BeforeParameterizedClassInvocation
  void openTheHostsAndThePolicy() {
    authority = mesh.internet().authority();
    hosts = new PretendInternet(authority);
    secured("trusted.test", authority.issue(VALID, "trusted.test"));
    secured("wildcard.test.test", authority.issue(VALID, "*.test.test"));
    secured("wrong-name.test", authority.issue(VALID, "other.test"));
    secured("nameless.test", authority.issue(VALID));
    secured("expired.test", authority.issue(Duration.ofMinutes(-1), "expired.test"));
    secured("not-yet.test", authority.issue(Duration.ofDays(9), "not-yet.test"));
    secured("self-signed.test", PretendAuthority.selfSigned(VALID, "self-signed.test"));
    secured("foreign.test", new PretendAuthority("nobody knows").issue(VALID, "foreign.test"));
    secured("late.test", authority.issue(VALID, "late.test"));
    secured("later.test", authority.issue(VALID, "later.test"));
    ports.forEach((host, port) ->
        policy
            .http(host, httpPort(), "httpsUpgrade: {enabled: true, port: %d}".formatted(port))
            .alias(mesh.outside(), host));
    policy.apply(mesh);
    awaitStatus(mesh.sleepAApplication(), "trusted.test", 200);
  }

  private void secured(String host, Credential shown) {
    hosts.secured(mesh.outside(), port(host), shown);
  }

  private int port(String host) {
    return ports.computeIfAbsent(host, _ -> Layout.freePort(mesh.outside()));
  }

  @AfterParameterizedClassInvocation
  void closeTheHosts() {
    hosts.close();
    ports.clear();
    policy = new OutsidePolicy();
  }

  @ParameterizedTest
  @CsvSource({"trusted.test", "wildcard.test.test"})
  void aHostThatProvesItsNameIsConnected(String host) {
    Answer answer = get(mesh.sleepAApplication(), host, "/anything");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(((Answer.Response) answer).json().get("url").getAsString())
        .startsWith("https://" + host);
  }

  @ParameterizedTest
  @CsvSource({
    "wrong-name.test, SAN",
    "nameless.test, SAN",
    "expired.test, certificate_has_expired",
    "not-yet.test, certificate_is_not_yet_valid",
    "self-signed.test, CERTIFICATE_VERIFY_FAILED",
    "foreign.test, CERTIFICATE_VERIFY_FAILED",
  })
  void anyOtherIs503WithTheReasonInTheLog(String host, String reason) {
    int logged = mesh.gateway().accessLog().size();
    long seen = hosts.requests();
    String path = unique("/anything");

    assertThat(get(mesh.sleepAApplication(), host, path).status()).isEqualTo(503);

    JsonObject line =
        mesh.gateway().awaitLog(path, logged, entry -> text(entry, "path").equals(path));
    assertThat(text(line, "upstream_transport_failure")).contains(reason);
    assertThat(text(line, "response_flags")).contains("UF");
    assertThat(hosts.requests()).isEqualTo(seen);
  }

  @Test
  void theUpgradeAlsoLetsTlsOfTheApplicationPass() {
    Answer answer =
        mesh.sleepAApplication()
            .https(
                applicationTls().getSocketFactory(),
                "trusted.test",
                port("trusted.test"),
                "/anything");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  /// What is connected already stays so, as with every TLS; new connections are refused.
  @Test
  void whoIsTrustedNoMoreIsConnectedNoMore() {
    long updates = rootUpdates();
    mesh.documents().delete("pretend-internet-ca.crt");
    try {
      Await.until("the gateway has other roots", LIMIT, () -> rootUpdates() > updates);
      assertThat(get(mesh.sleepAApplication(), "late.test", "/get").status()).isEqualTo(503);
    } finally {
      mesh.documents().writeOutsideAuthority(authority.certificate());
      awaitStatus(mesh.sleepAApplication(), "late.test", 200);
    }
  }

  /// Envoy keeps a secret that it is no longer given; so it is given one that trusts nobody.
  @Test
  void whereNobodyIsTrustedNobodyIsConnected() throws IOException {
    String before = Files.readString(mesh.documents().directory().resolve("mesh.yaml"));
    long updates = rootUpdates();
    mesh.documents()
        .write(
            "mesh.yaml",
            before.replace("caFiles: [pretend-internet-ca.crt]", "systemRoots: false"));
    try {
      Await.until("the gateway has other roots", LIMIT, () -> rootUpdates() > updates);
      assertThat(get(mesh.sleepAApplication(), "later.test", "/get").status()).isEqualTo(503);
    } finally {
      mesh.documents().write("mesh.yaml", before);
      awaitStatus(mesh.sleepAApplication(), "later.test", 200);
    }
  }

  private long rootUpdates() {
    return mesh.gateway().stat("sds.external-roots.update_success");
  }
}
