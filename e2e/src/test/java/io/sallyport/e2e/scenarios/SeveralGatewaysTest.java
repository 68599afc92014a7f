package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.EnvoyProcess;
import io.sallyport.e2e.harness.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two gateways, two policies for one of them, and one rule for hosts with different addresses (of
/// which ASM says that they need rules of their own).
class SeveralGatewaysTest extends MeshScenario {
  private static final String HTTPBIN = "httpbin.org";
  private static final String ALIBABA = "www.alibabacloud.com";

  private EnvoyProcess otherGateway;

  @BeforeAll
  void startAnotherGateway() {
    String address = mesh.layout().gateway();
    mesh.documents()
        .write(
            "other-gateway.yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: othergateway-0, namespace: istio-egress}
            spec:
              address: %s
              ports: {http: %d, mesh-tls: %d}
              serviceAccount: othergateway
              labels: {gateway.networking.k8s.io/gateway-name: othergateway}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: othergateway, namespace: istio-egress}
            spec:
              gatewayClassName: sallyport-egress
              listeners: [{name: http, port: 80, protocol: HTTP}]
            """
                .formatted(address, Layout.freePort(address), Layout.freePort(address)));
    Await.until("the gateway is known", LIMIT, () -> known().contains("othergateway"));
    otherGateway = mesh.envoy("egress-gateway", "istio-egress", "othergateway-0", address);
    otherGateway.awaitReady(LIMIT);
    mesh.documents()
        .write(
            "policies.yaml",
            policy("first", "egressgateway", "mytest", "sleep-a", HTTPBIN)
                + policy("second", "egressgateway", "default", "nginx", HTTPBIN + ", " + ALIBABA)
                + policy("third", "othergateway", "mytest", "sleep-a", ALIBABA));
    awaitStatus(mesh.sleepAApplication(), HTTPBIN, 200);
    awaitStatus(mesh.sleepAApplication(), ALIBABA, 200);
    awaitStatus(mesh.nginxApplication(), HTTPBIN, 200);
    awaitStatus(mesh.nginxApplication(), ALIBABA, 200);
  }

  /// The workloads that `bootstrap` knows of.
  private String known() {
    try {
      return Files.readString(mesh.data().resolve("workloads.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String policy(String name, String gateway, String namespace, String app, String hosts) {
    return """
    apiVersion: mesh.sallyport.io/v1
    kind: EgressTrafficPolicy
    metadata: {name: %s, namespace: istio-egress}
    spec:
      byEgressGateway: {name: %s}
      egressRules:
        - from: [{namespace: %s, workloadSelector: {app: %s}}]
          to:
            - hosts: [%s]
              port: {number: %d, protocol: HTTP}
              byEgressGateway: {port: 80}
    ---
    """
        .formatted(name, gateway, namespace, app, hosts, httpPort());
  }

  @Test
  void eachRuleGoesByItsGateway() {
    goesBy(mesh.gateway(), mesh.sleepAApplication(), HTTPBIN, "istio-egress/first");
    goesBy(mesh.gateway(), mesh.nginxApplication(), HTTPBIN, "istio-egress/second");
    goesBy(mesh.gateway(), mesh.nginxApplication(), ALIBABA, "istio-egress/second");
    goesBy(otherGateway, mesh.sleepAApplication(), ALIBABA, "istio-egress/third");
  }

  private void goesBy(EnvoyProcess gateway, Application from, String host, String policy) {
    String path = unique("/anything");
    int logged = gateway.accessLog().size();
    assertThat(get(from, host, path).status()).isEqualTo(200);
    String grantedBy =
        text(gateway.awaitLog(host, logged, e -> text(e, "path").equals(path)), "granted_by");
    assertThat(grantedBy).startsWith(policy + "#");
  }

  @Test
  void aPolicyThatGoesTakesNothingOfTheOthers() {
    mesh.documents()
        .write(
            "policies.yaml",
            policy("first", "egressgateway", "mytest", "sleep-a", HTTPBIN)
                + policy("third", "othergateway", "mytest", "sleep-a", ALIBABA));
    awaitStatus(mesh.nginxApplication(), HTTPBIN, 502);
    awaitStatus(mesh.nginxApplication(), ALIBABA, 502);
    assertThat(get(mesh.sleepAApplication(), HTTPBIN, "/get").status()).isEqualTo(200);
    assertThat(get(mesh.sleepAApplication(), ALIBABA, "/get").status()).isEqualTo(200);
    mesh.documents()
        .write(
            "policies.yaml",
            policy("first", "egressgateway", "mytest", "sleep-a", HTTPBIN)
                + policy("second", "egressgateway", "default", "nginx", HTTPBIN + ", " + ALIBABA)
                + policy("third", "othergateway", "mytest", "sleep-a", ALIBABA));
    awaitStatus(mesh.nginxApplication(), HTTPBIN, 200);
    awaitStatus(mesh.nginxApplication(), ALIBABA, 200);
  }
}
