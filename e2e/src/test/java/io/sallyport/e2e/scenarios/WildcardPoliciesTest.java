package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.GatewayClient;
import io.sallyport.e2e.harness.RawHttp;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Authorization policies about TLS to some of the hosts below a wildcard, which the application
/// starts: a DENY for one host never touches another, and an ALLOW for one allows no other.
class WildcardPoliciesTest extends WildcardScenario {
  private static final String POLICY = "authorization.yaml";
  private static final String HOST = "one.granted.test";
  private static final String OTHER = "a.deep.granted.test";
  private static final AtomicInteger MARKERS = new AtomicInteger();

  @AfterParameterizedClassInvocation
  void noPolicies() {
    mesh.documents().delete(POLICY);
  }

  @ParameterizedTest(name = "{0} {1}: {2} {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        // the rule's peers | its hosts | passes `HOST`? | passes `OTHER`?
        "| hosts: [one.granted.test] | no | yes",
        "| hosts: ['*.deep.granted.test'] | yes | no",
        "| hosts: ['one*'] | no | yes",
        "| hosts: ['*'], notHosts: [one.granted.test] | yes | no",
        "| hosts: ['*.granted.test'] | no | no",
        "| hosts: [granted.test, '*.else.test'] | yes | yes",
        "| hosts: [one.granted.test], methods: [POST] | no | yes",
        "| hosts: [one.granted.test], ports: ['444'] | no | yes",
        "| hosts: [one.granted.test], notPorts: ['444'] | yes | yes",
        "namespaces: [mytest] | hosts: [one.granted.test] | no | yes",
        "namespaces: ['my*'] | hosts: [one.granted.test] | no | yes",
        "namespaces: [default] | hosts: [one.granted.test] | yes | yes",
        "notNamespaces: [mytest] | hosts: [one.granted.test] | yes | yes",
        "principals: [cluster.local/ns/mytest/sa/sleep-a] | hosts: [one.granted.test] | no | yes",
        "principals: ['*/sa/sleep-a'] | hosts: [one.granted.test] | no | yes",
        "serviceAccounts: [mytest/sleep] | hosts: [one.granted.test] | yes | yes",
        "ipBlocks: [0.0.0.0/0] | hosts: [one.granted.test] | no | yes",
        "ipBlocks: [192.0.2.0/24] | hosts: [one.granted.test] | yes | yes",
        "notIpBlocks: [192.0.2.0/24] | hosts: [one.granted.test] | no | yes",
        "remoteIpBlocks: [192.0.2.0/24] | hosts: [one.granted.test] | yes | yes",
      })
  void whatMatchesIsDenied(String from, String to, String host, String other) {
    String source = from == null ? "" : "from: [{source: {" + from + "}}], ";
    inForce(policy("some", "DENY", source + "to: [{operation: {" + to + "}}]"));
    assertThat(passes(HOST)).isEqualTo(host.equals("yes"));
    assertThat(passes(OTHER)).isEqualTo(other.equals("yes"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "connection.sni | values: [one.granted.test] | no",
        "destination.ip | values: [0.0.0.0/0] | no",
        "destination.ip | values: [192.0.2.0/24] | yes",
        "destination.port | values: ['444'] | no",
        "source.namespace | notValues: [mytest] | yes",
      })
  void itsConditionsCountAsWell(String key, String values, String passes) {
    String when = "when: [{key: %s, %s}]".formatted(key, values);
    inForce(policy("some", "DENY", "to: [{operation: {hosts: [one.granted.test]}}], " + when));
    assertThat(passes(HOST)).isEqualTo(passes.equals("yes"));
    assertThat(passes(OTHER)).isTrue();
  }

  @Test
  void anAllowPolicyForOneHostAllowsNoOther() {
    inForce(policy("only", "ALLOW", "to: [{operation: {hosts: [one.granted.test]}}]"));
    assertThat(passes(HOST)).isTrue();
    JsonObject line = refusal(OTHER);
    assertThat(text(line, "denied_by")).isEqualTo("no match of istio-egress/only");
    assertThat(text(line, "downstream_peer"))
        .isEqualTo("spiffe://cluster.local/ns/mytest/sa/sleep-a");
  }

  @Test
  void whatIsDeniedIsNeitherLookedUpNorDialled() {
    dns.answer("secret.granted.test", granted);
    inForce(policy("secret", "DENY", "to: [{operation: {hosts: [secret.granted.test]}}]"));
    JsonObject line = refusal("secret.granted.test");
    assertThat(text(line, "denied_by")).isEqualTo("istio-egress/secret#spec.rules[0]");
    assertThat(text(line, "policy")).isEqualTo("istio-egress/wildcards");
    assertThat(text(line, "upstream_host")).doesNotContain(granted);
    assertThat(dns.queries("secret.granted.test")).isZero();
  }

  @Test
  void whatIsOnlyTriedOrAuditedIsNoted() {
    inForce(
        policy("noted", "AUDIT", "to: [{operation: {hosts: [one.granted.test]}}]")
            + policy("tried", "DENY", "to: [{operation: {hosts: [one.granted.test]}}]")
                .replace(
                    "namespace: istio-egress",
                    "namespace: istio-egress, annotations: {istio.io/dry-run: 'true'}"));
    int logged = mesh.gateway().accessLog().size();
    assertThat(passes(HOST)).isTrue();
    JsonObject line = policyLine(HOST, logged);
    assertThat(text(line, "audited_by")).isEqualTo("istio-egress/noted#spec.rules[0]");
    assertThat(text(line, "dry_run_denied_by")).isEqualTo("istio-egress/tried#spec.rules[0]");
    logged = mesh.gateway().accessLog().size();
    assertThat(passes(OTHER)).isTrue();
    line = policyLine(OTHER, logged);
    assertThat(text(line, "audited_by") + text(line, "dry_run_denied_by")).isEmpty();
  }

  /// What the client tells the gateway to be its destination counts for nothing, the server name
  /// within does; in whatever case it is written.
  @Test
  void nobodyGetsPastThePolicyByGoingPastTheSidecar() {
    inForce(policy("some", "DENY", "to: [{operation: {hosts: [one.granted.test]}}]"));
    assertThat(pastTheSidecar(OTHER).status()).isEqualTo(200);
    assertThat(pastTheSidecar(HOST)).isInstanceOf(Answer.Closed.class);
    assertThat(pastTheSidecar("ONE.granted.TEST")).isInstanceOf(Answer.Closed.class);
  }

  /// Where no policy was in force before.
  @Test
  void aPolicyThatComesEndsTheTunnelsThatItDenies() throws Exception {
    mesh.documents().delete(POLICY);
    Await.until(
        "no policy is in force",
        LIMIT,
        () -> !mesh.gateway().admin("/config_dump").orElseThrow().contains("istio-egress/marker"),
        mesh::controlPlaneTail);
    try (Socket open =
        mesh.sleepAApplication()
            .dialTls(applicationTls().getSocketFactory(), granted, HOST, https)) {
      String request = "GET /get HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n";
      assertThat(RawHttp.exchange(open, request).status()).isEqualTo(200);
      inForce(policy("some", "DENY", "to: [{operation: {hosts: [one.granted.test]}}]"));
      assertThat(endsWithTheDrainTime(open)).isTrue();
    }
  }

  /// Two workloads at once, of which one is denied: nobody is taken for the other.
  @Test
  void eachConnectionIsItsOwnClients() throws Exception {
    mesh.documents().write("nginx.yaml", policyForNginx());
    inForce(
        policy(
            "not-nginx",
            "DENY",
            "from: [{source: {namespaces: [default]}}], to: [{operation: {hosts:"
                + " [one.granted.test]}}]"));
    Application nginx = mesh.nginxApplication();
    Await.until("nginx has its rule", LIMIT, () -> tls(nginx, OTHER).status() == 200);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> calls =
          IntStream.range(0, 200)
              .<Callable<Boolean>>mapToObj(i ->
                  i % 2 == 0
                      ? () -> tls(mesh.sleepAApplication(), HOST).status() == 200
                      : () -> tls(nginx, HOST) instanceof Answer.Closed)
              .toList();
      for (Future<Boolean> each : threads.invokeAll(calls)) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      mesh.documents().delete("nginx.yaml");
    }
  }

  private String policyForNginx() {
    return Documents.ownPolicy(
        "nginx",
        "{namespace: default}",
        """
        - hosts: ["*.granted.test"]
          port: {number: %d, protocol: HTTPS}
          byEgressGateway: {port: 444}
          resolvedAddresses: [%s]
        """
            .formatted(https, granted));
  }

  private Answer tls(Application application, String host) {
    return application.https(applicationTls().getSocketFactory(), host, https, "/anything");
  }

  private boolean passes(String host) {
    return tls(host).status() == 200;
  }

  private JsonObject refusal(String host) {
    int logged = mesh.gateway().accessLog().size();
    assertThat(tls(host)).isInstanceOf(Answer.Closed.class);
    return policyLine(host, logged);
  }

  private JsonObject policyLine(String host, int logged) {
    return mesh.gateway()
        .awaitLog(
            host,
            logged,
            line ->
                text(line, "requested_server_name").equals(host)
                    && text(line, "filter_chain").startsWith("policies_"));
  }

  private Answer pastTheSidecar(String name) {
    return GatewayClient.of(mesh.bootstrap("mytest-sleep-a"))
        .request(
            new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayPassthrough()),
            "outbound_.444_.tcp_.egressgateway.istio-egress",
            "wildcard-.granted.test:" + https,
            applicationTls(),
            Optional.of(name),
            "GET /get HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  private static String policy(String name, String action, String rule) {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: %s, namespace: istio-egress}
    spec: {action: %s, rules: [{%s}]}
    ---
    """
        .formatted(name, action, rule);
  }

  /// Brings policies into force, and waits for a further one of the same change to show.
  private void inForce(String policies) {
    String marker = "marker-" + MARKERS.incrementAndGet() + ".granted.test";
    dns.answer(marker, granted);
    String to = "to: [{operation: {hosts: [" + marker + "]}}]";
    mesh.documents().write(POLICY, policies + policy("marker", "DENY", to));
    Await.until(
        "the policies are in force",
        LIMIT,
        () -> deniedBy(marker).equals("istio-egress/marker#spec.rules[0]"),
        mesh::controlPlaneTail);
  }

  private String deniedBy(String host) {
    int logged = mesh.gateway().accessLog().size();
    tls(host);
    return mesh.gateway().accessLog().stream()
        .skip(logged)
        .filter(line -> text(line, "requested_server_name").equals(host))
        .map(line -> text(line, "denied_by"))
        .filter(policy -> !policy.isEmpty())
        .findFirst()
        .orElse("");
  }
}
