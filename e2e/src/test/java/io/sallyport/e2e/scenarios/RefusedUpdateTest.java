package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/// What a real Envoy refuses (NACK) is shown with its reason and its policy, and disturbs nobody;
/// what changed in one place is delivered with what it needs.
class RefusedUpdateTest extends MeshScenario {
  @Test
  void aListenerThatCantBindIsShownAndEverythingElseGoesOn() throws Exception {
    onlyHttpPolicy();
    try (ServerSocket occupied = new ServerSocket()) {
      occupied.bind(new InetSocketAddress(InetAddress.getByName(mesh.layout().gateway()), 0));
      int port = occupied.getLocalPort();
      // the policy first: once the gateway has the port, the listener is for both
      mesh.documents()
          .write(
              "other.yaml",
              mesh.documents()
                  .policy("http.yaml")
                  .replace("name: egress-by-egressgateway", "name: other")
                  .replace("www.httpbin.org", "www.alibabacloud.com")
                  .replace("            - httpbin.org\n", "")
                  .replace("port: 80\n", "port: " + port + "\n"));
      mesh.documents()
          .writeMesh(
              "",
              """
              - name: http-other
                port: %d
                protocol: HTTP
              """
                  .formatted(port));
      Await.until(
          "the refusal is shown",
          LIMIT,
          () -> shown("egress_" + port) && shown("Address already in use"),
          () -> mesh.controlPlane().get("/v1/proxies").orElse("no answer"));
      Await.until(
          "the refusal names the gateway's field and the policy that needs it",
          LIMIT,
          () -> shown("Gateway istio-egress/egressgateway") && shown("istio-egress/other"),
          () -> mesh.controlPlane().get("/v1/proxies").orElse("no answer"));
      assertThat(mesh.controlPlane().metric("sallyport_xds_nacks_total", "LDS")).isEqualTo(1);
      assertThat(get(mesh.sleepAApplication(), "httpbin.org", "/get").status()).isEqualTo(200);

      // the others, and this proxy's other resources, go on changing
      noPolicy();
      onlyHttpPolicy();
      assertThat(mesh.controlPlane().metric("sallyport_xds_nacks_total", "LDS"))
          .as("a refused version is not sent again")
          .isLessThanOrEqualTo(2);
    } finally {
      mesh.documents().delete("other.yaml");
      mesh.documents().writeMesh("", "");
    }
    Await.until("the refusal is forgotten", LIMIT, () -> !shown("Address already in use"));
  }

  private boolean shown(String text) {
    return mesh.controlPlane().get("/v1/proxies").orElse("").contains(text);
  }

  @Test
  void aChangedClusterGetsItsEndpointsAgainWithoutAsking() {
    onlyHttpPolicy();
    long before = mesh.sleepA().stat("cluster_manager.cluster_modified");
    mesh.documents()
        .replaceInMesh("serviceAccount: egressgateway", "serviceAccount: egressgateway-2");
    Await.until(
        "the sidecar took the changed cluster",
        LIMIT,
        () -> mesh.sleepA().stat("cluster_manager.cluster_modified") > before);
    // Envoy would wait 15 s for endpoints that do not come
    Await.until(
        "no cluster is warming",
        java.time.Duration.ofSeconds(10),
        () -> mesh.sleepA().stat("cluster_manager.warming_clusters") == 0,
        () -> mesh.sleepA().admin("/clusters").orElse(""));
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 200);
    mesh.documents().writeMesh("", "");
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 200);
  }
}
