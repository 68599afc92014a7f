package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.EnvoyProcess;
import io.sallyport.e2e.harness.GatewayClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Workload certificates of 60 s, renewed at half their life, for three minutes under traffic.
class CertificateRotationTest extends MeshScenario {
  private static final Duration RUN = Duration.ofMinutes(3);

  @Override
  String meshConfig() {
    return """
    certificates:
      workloadLifetime: 60s
    """;
  }

  @Test
  void rotatesUnderTrafficWithoutOneFailedRequest() {
    onlyHttpPolicy();
    // outside of the data directory, so that nobody renews it
    GatewayClient expiring =
        GatewayClient.of(
            mesh.bootstrap(
                mesh.work().resolve("expiring"),
                "sidecar",
                "mytest",
                "sleep-a",
                mesh.layout().sleepA(),
                "--ttl",
                "60s"));
    assertThat(straightToTheGateway(expiring).status()).isEqualTo(200);
    Set<String> atSidecar = new HashSet<>();
    Set<String> atGateway = new HashSet<>();
    long end = System.nanoTime() + RUN.toNanos();
    try (ConstantTraffic traffic =
        new ConstantTraffic(() -> get(mesh.sleepAApplication(), "httpbin.org", "/get"))) {
      Await.until(
          "three minutes have passed",
          RUN.plusSeconds(60),
          () -> {
            atSidecar.add(serialNumber(mesh.sleepA()));
            atGateway.add(serialNumber(mesh.gateway()));
            return System.nanoTime() > end || !traffic.failures().isEmpty();
          });
      assertThat(traffic.failures()).isEmpty();
      assertThat(traffic.answered()).isGreaterThan(100);
    }
    assertThat(straightToTheGateway(expiring))
        .as("with a certificate that has expired")
        .isInstanceOf(Answer.Closed.class);
    // one at the start and one about every 30 s; the jitter is 10 % either way
    assertThat(atSidecar).as("certificates of the sidecar").hasSizeGreaterThanOrEqualTo(5);
    assertThat(atGateway).as("certificates of the gateway").hasSizeGreaterThanOrEqualTo(5);
  }

  private Answer straightToTheGateway(GatewayClient client) {
    return client.request(
        new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayHttp()),
        Optional.empty(),
        "GET /get HTTP/1.1\r\nHost: httpbin.org\r\nConnection: close\r\n\r\n");
  }

  /// The serial number of the certificate that was delivered by SDS, which lives shortest.
  private static String serialNumber(EnvoyProcess envoy) {
    String certificates = envoy.admin("/certs").orElse("{\"certificates\":[]}");
    String serial = "";
    long shortest = Long.MAX_VALUE;
    for (var entry :
        JsonParser.parseString(certificates).getAsJsonObject().getAsJsonArray("certificates")) {
      for (var chain : entry.getAsJsonObject().getAsJsonArray("cert_chain")) {
        var details = chain.getAsJsonObject();
        long end =
            java.time.Instant.parse(details.get("expiration_time").getAsString()).toEpochMilli();
        if (end < shortest) {
          shortest = end;
          serial = details.get("serial_number").getAsString();
        }
      }
    }
    return serial;
  }
}
