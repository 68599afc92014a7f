package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.EnvoyProcess;
import io.sallyport.e2e.harness.Layout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A proxy that claims in its node to be another one: its certificate decides.
class LyingProxyTest extends MeshScenario {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sidecar~mytest~sleep-a",
        "egress-gateway~istio-egress~egressgateway-0",
        "sidecar~default~nobody",
        "nonsense",
        "sidecar~default~nginx~more"
      })
  void isRefusedWithItsReasonAndGetsNothing(String claim) throws IOException {
    String address = mesh.layout().nginx();
    Path honest =
        mesh.bootstrap(
            mesh.bootstrap("default-nginx"),
            "sidecar",
            "default",
            "nginx",
            address,
            "--outbound",
            address + ":" + Layout.freePort(address));
    Path file = honest.resolve("envoy.yaml");
    Files.writeString(file, Files.readString(file).replace("sidecar~default~nginx", claim));
    int adminPort = Integer.parseInt(Files.readString(honest.resolve("admin-port")).strip());
    try (EnvoyProcess liar =
        new EnvoyProcess(
            mesh.binary(), "liar", honest, new InetSocketAddress(address, adminPort))) {
      Await.until(
          "the liar is told why it is refused",
          LIMIT,
          () -> liar.process().output().lines().anyMatch(line -> refusal(line)),
          () -> liar.process().tail());
      assertThat(liar.admin("/config_dump").orElse(""))
          .doesNotContain("virtualOutbound")
          .doesNotContain("egress_80");
      assertThat(liar.stat("cluster_manager.cds.update_success")).isZero();
    }
  }

  private static boolean refusal(String line) {
    return line.contains("closed: 7, ") && (line.contains("node says") || line.contains("node.id"));
  }

  @Test
  void anHonestProxyBesideItIsNotDisturbed() {
    onlyHttpPolicy();
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", "/get").status()).isEqualTo(200);
  }
}
