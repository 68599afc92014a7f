package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.scenarios.HostileDns.Trick;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whoever answers for names below a wildcard answers as no server should: the request is 503 in
/// the end, and the gateway serves other names below the same wildcard all the while.
class HostileDnsAnswersTest extends BackendScenario {
  private static final String BELOW = ".granted.test";
  private static final int AT_ONCE = 200;

  @SuppressWarnings("NullAway.Init")
  private HostileDns dns;

  @SuppressWarnings("NullAway.Init")
  private RawServer server;

  @SuppressWarnings("NullAway.Init")
  private String gateway;

  @BeforeParameterizedClassInvocation
  void openTheServers() {
    dns = new HostileDns(mesh.outside(), mesh.outside());
    server = new RawServer(mesh.outside(), RawServer.answering("200 OK"));
    mesh.documents()
        .replaceInMesh("  dns:\n", "  dns:\n    resolvers: [\"%s\"]\n".formatted(dns.address()));
    mesh.documents()
        .write(
            "policy.yaml",
            Documents.ownPolicy(
                "wildcard",
                """
                - hosts: ["*%s"]
                  port: {number: %d, protocol: HTTP}
                  byEgressGateway: {port: 80}
                  resolvedAddresses: [%s/32]
                """
                    .formatted(BELOW, server.port(), mesh.outside())));
    Await.until(
        "the good name is answered",
        LIMIT,
        () -> status(Trick.GOOD.label()) == 200,
        mesh::controlPlaneTail);
    gateway = mesh.gateway().instance();
  }

  @AfterParameterizedClassInvocation
  void closeTheServers() {
    dns.close();
    server.close();
  }

  private int status(String label) {
    return mesh.sleepAApplication().get(label + BELOW, server.port(), "/get").status();
  }

  private void theGatewayIsAsItWas() {
    assertThat(mesh.gateway().alive()).isTrue();
    assertThat(mesh.gateway().instance()).isEqualTo(gateway);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"GOOD", "HUGE_GOOD"})
  void theRequestIs503AndOthersGoOn(Trick trick) throws Exception {
    int before = dns.asked(trick);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> hostile = executor.submit(() -> status(trick.label()));
      Await.until("it is asked for", LIMIT, () -> dns.asked(trick) > before);
      assertThat(status(Trick.GOOD.label())).isEqualTo(200);
      assertThat(status(Trick.GOOD.label() + "-" + trick.ordinal())).isEqualTo(200);
      assertThat(hostile.get()).isEqualTo(503);
    }
    theGatewayIsAsItWas();
  }

  @Test
  void thousandsOfAddressesAreTaken() {
    assertThat(status(Trick.HUGE_GOOD.label())).isEqualTo(200);
    theGatewayIsAsItWas();
  }

  @Test
  void manyNamesThatNobodyAnswersForHoldNothingUp() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> hostile =
          IntStream.range(0, AT_ONCE)
              .mapToObj(i -> executor.submit(() -> status(Trick.SILENT.label() + "-" + i)))
              .toList();
      Await.until("they are asked for", LIMIT, () -> dns.asked(Trick.SILENT) >= AT_ONCE / 2);
      assertThat(status(Trick.GOOD.label())).isEqualTo(200);
      assertThat(status(Trick.GOOD.label() + "-1000")).isEqualTo(200);
      for (Future<Integer> each : hostile) {
        assertThat(each.get()).isEqualTo(503);
      }
    }
    theGatewayIsAsItWas();
  }
}
