package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.EnvoyProcess;
import io.sallyport.status.ProxyReport;
import io.sallyport.status.ProxyStatus;
import io.sallyport.status.StatusJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The control plane dies while traffic flows, and comes back (row 1 of the survival table, with
/// real Envoys).
class ControlPlaneLossTest extends MeshScenario {
  private static final List<String> UPDATES =
      List.of(
          "cluster_manager.cds.update_success",
          "listener_manager.lds.update_success",
          "cluster_manager.cds.update_rejected",
          "listener_manager.lds.update_rejected");

  @Test
  void killedUnderTrafficNoRequestFailsAndNothingIsSentAgain() {
    onlyHttpPolicy();
    awaitProxies(3);
    Map<String, String> before = versions();
    try (ConstantTraffic traffic =
        new ConstantTraffic(() -> get(mesh.sleepAApplication(), "httpbin.org", "/get"))) {
      awaitAnswers(traffic, 50);
      mesh.controlPlane().kill();
      awaitAnswers(traffic, 200);
      mesh.restartControlPlane();
      awaitProxies(3);
      awaitAnswers(traffic, 50);
      assertThat(traffic.failures()).isEmpty();
    }
    assertThat(mesh.controlPlane().metric("sallyport_xds_pushes_total", ""))
        .as("updates that the restarted control plane sent to proxies which have everything")
        .isZero();
    assertThat(versions()).isEqualTo(before);

    noPolicy();
    onlyHttpPolicy();
  }

  @Test
  void whileItIsGoneThePolicyInForceStays() {
    noPolicy();
    mesh.controlPlane().kill();
    mesh.documents().apply("http.yaml");
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", "/get").status()).isEqualTo(502);
    mesh.restartControlPlane();
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 200);
  }

  @Test
  void sigtermStopsItInOrder() {
    int code = mesh.controlPlane().process().stop(Duration.ofSeconds(20));
    assertThat(code).isIn(0, 143);
    assertThat(mesh.controlPlane().process().output()).doesNotContain("Exception");
    mesh.restartControlPlane();
  }

  private static void awaitAnswers(ConstantTraffic traffic, long more) {
    long goal = traffic.answered() + more;
    Await.until(
        more + " more answers",
        Duration.ofSeconds(60),
        () -> traffic.answered() >= goal || !traffic.failures().isEmpty());
  }

  private void awaitProxies(int count) {
    Await.until(
        count + " proxies are connected and in sync",
        Duration.ofSeconds(60),
        () -> inSync() == count,
        () -> mesh.controlPlane().get("/v1/proxies").orElse("no answer"));
  }

  private long inSync() {
    return StatusJson.read(mesh.controlPlane().get("/v1/proxies").orElseThrow(), ProxyReport.class)
        .proxies()
        .stream()
        .filter(proxy ->
            proxy.types().stream()
                .noneMatch(type -> type.progress() == ProxyStatus.Progress.PENDING))
        .count();
  }

  /// What Envoy says it has: the version of its clusters and listeners, and how many updates it
  /// took.
  private Map<String, String> versions() {
    return Stream.of(mesh.sleepA(), mesh.nginx(), mesh.gateway())
        .collect(Collectors.toMap(envoy -> envoy.process().name(), this::updates));
  }

  private String updates(EnvoyProcess envoy) {
    return UPDATES.stream().map(name -> name + "=" + envoy.stat(name)).toList().toString();
  }
}
