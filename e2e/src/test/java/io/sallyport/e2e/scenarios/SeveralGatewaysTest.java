package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// Two gateways, two policies for one of them, and one rule for hosts with different addresses (of
/// which ASM says that they need rules of their own).
class SeveralGatewaysTest extends BackendScenario {
  private static final String HTTPBIN = "httpbin.org";
  private static final String ALIBABA = "www.alibabacloud.com";

  @SuppressWarnings("NullAway.Init")
  private Proxy anotherGateway;

  @BeforeParameterizedClassInvocation
  void startAnotherGateway() {
    anotherGateway = mesh.startAnotherGateway();
    mesh.documents()
        .write(
            "policies.yaml",
            policy("first", "egressgateway", "mytest", "sleep-a", HTTPBIN)
                + policy("second", "egressgateway", "default", "nginx", HTTPBIN + ", " + ALIBABA)
                + policy("third", Documents.ANOTHER_GATEWAY, "mytest", "sleep-a", ALIBABA));
    awaitStatus(mesh.sleepAApplication(), HTTPBIN, 200);
    awaitStatus(mesh.sleepAApplication(), ALIBABA, 200);
    awaitStatus(mesh.nginxApplication(), HTTPBIN, 200);
    awaitStatus(mesh.nginxApplication(), ALIBABA, 200);
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
    goesBy(anotherGateway, mesh.sleepAApplication(), ALIBABA, "istio-egress/third");
  }

  private void goesBy(Proxy gateway, Application from, String host, String policy) {
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
                + policy("third", Documents.ANOTHER_GATEWAY, "mytest", "sleep-a", ALIBABA));
    awaitStatus(mesh.nginxApplication(), HTTPBIN, 502);
    awaitStatus(mesh.nginxApplication(), ALIBABA, 502);
    assertThat(get(mesh.sleepAApplication(), HTTPBIN, "/get").status()).isEqualTo(200);
    assertThat(get(mesh.sleepAApplication(), ALIBABA, "/get").status()).isEqualTo(200);
    mesh.documents()
        .write(
            "policies.yaml",
            policy("first", "egressgateway", "mytest", "sleep-a", HTTPBIN)
                + policy("second", "egressgateway", "default", "nginx", HTTPBIN + ", " + ALIBABA)
                + policy("third", Documents.ANOTHER_GATEWAY, "mytest", "sleep-a", ALIBABA));
    awaitStatus(mesh.nginxApplication(), HTTPBIN, 200);
    awaitStatus(mesh.nginxApplication(), ALIBABA, 200);
  }
}
