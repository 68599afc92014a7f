package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Istio's authorization policies at the egress gateway, under the seed policy `http.yaml`: seed
/// case 5, and each field and form of value with a request that matches and one that does not.
class AuthorizationPolicyTest extends BackendScenario {
  private static final String POLICY = "authorization.yaml";
  private static final AtomicInteger MARKERS = new AtomicInteger();

  @AfterEach
  void takeBack() {
    mesh.documents().delete(POLICY);
  }

  /// A DENY policy with one rule, a request that it denies and one that it does not.
  static Stream<Arguments> denials() {
    String seed =
        "from: [{source: {namespaces: [mytest]}}],"
            + " to: [{operation: {hosts: [www.httpbin.org, httpbin.org], methods: [POST]}}]";
    return Stream.of(
        denies(seed, "POST httpbin.org /post", "GET httpbin.org /get"),
        denies(seed, "POST www.httpbin.org /post", "PUT www.httpbin.org /anything"),
        denies(to("hosts: [www.httpbin.org]"), "GET www.httpbin.org /", "GET httpbin.org /"),
        denies(to("hosts: [WWW.Httpbin.org]"), "GET www.httpbin.org /", "GET httpbin.org /"),
        denies(to("hosts: [www.httpbin.org]"), "GET WWW.HTTPBIN.ORG /", "GET httpbin.org /"),
        denies(to("hosts: [www.httpbin.org]"), "GET www.httpbin.org. /", "GET httpbin.org. /"),
        denies(to("hosts: [www.httpbin.org]"), "GET www.httpbin.org:80 /", "GET httpbin.org:80 /"),
        denies(to("hosts: ['*.httpbin.org']"), "GET www.httpbin.org /", "GET httpbin.org /"),
        denies(to("hosts: ['www.*']"), "GET www.httpbin.org /", "GET httpbin.org /"),
        denies(to("notHosts: [httpbin.org]"), "GET www.httpbin.org /", "GET httpbin.org /"),
        denies(to("notMethods: [GET]"), "POST httpbin.org /post", "GET httpbin.org /get"),
        denies(to("methods: ['P*']"), "PATCH httpbin.org /anything", "GET httpbin.org /get"),
        denies(to("paths: [/get]"), "GET httpbin.org /get", "GET httpbin.org /get/more"),
        denies(to("paths: [/get]"), "GET httpbin.org /get?a=b", "GET httpbin.org /anything"),
        denies(to("paths: [/get]"), "GET httpbin.org //get", "GET httpbin.org /anything"),
        denies(to("paths: [/get]"), "GET httpbin.org /x/../get", "GET httpbin.org /anything"),
        denies(to("paths: [/get]"), "GET httpbin.org /%67et", "GET httpbin.org /anything"),
        denies(to("paths: ['/any*']"), "GET httpbin.org /anything", "GET httpbin.org /get"),
        denies(to("paths: ['*/x']"), "GET httpbin.org /anything/x", "GET httpbin.org /anything/y"),
        denies(
            to("paths: ['/anything/{*}/x']"),
            "GET httpbin.org /anything/1/x",
            "GET httpbin.org /anything/1/2/x"),
        denies(
            to("paths: ['/anything/{**}']"),
            "GET httpbin.org /anything/1/2",
            "GET httpbin.org /get"),
        denies(to("ports: ['80']"), "GET httpbin.org /get", null),
        denies(to("ports: ['443']"), null, "GET httpbin.org /get"),
        denies(from("trustDomains: [cluster.local]"), "GET httpbin.org /get", null),
        denies(from("trustDomains: ['clus*']"), "GET httpbin.org /get", null),
        denies(from("trustDomains: ['*']"), "GET httpbin.org /get", null),
        denies(from("trustDomains: [cluster.loca]"), null, "GET httpbin.org /get"),
        denies(from("trustDomains: [other.example]"), null, "GET httpbin.org /get"),
        denies(from("notTrustDomains: [other.example]"), "GET httpbin.org /get", null),
        denies(from("namespaces: [default]"), null, "GET httpbin.org /get"),
        denies(from("namespaces: ['my*']"), "GET httpbin.org /get", null),
        denies(from("namespaces: ['*y*st']"), "GET httpbin.org /get", null),
        denies(from("namespaces: ['m*x*t']"), null, "GET httpbin.org /get"),
        denies(from("notNamespaces: [mytest]"), null, "GET httpbin.org /get"),
        denies(
            from("principals: [cluster.local/ns/mytest/sa/sleep-a]"), "GET httpbin.org /get", null),
        denies(from("principals: ['*/sa/sleep-a']"), "GET httpbin.org /get", null),
        denies(from("principals: ['cluster.local/ns/my*']"), "GET httpbin.org /get", null),
        denies(from("principals: ['*']"), "GET httpbin.org /get", null),
        denies(from("principals: ['*/sa/sleep']"), null, "GET httpbin.org /get"),
        denies(from("notPrincipals: ['*/sa/sleep-a']"), null, "GET httpbin.org /get"),
        denies(from("serviceAccounts: [mytest/sleep-a]"), "GET httpbin.org /get", null),
        denies(from("serviceAccounts: [sleep-a]"), null, "GET httpbin.org /get"),
        denies(from("ipBlocks: [192.0.2.0/24]"), null, "GET httpbin.org /get"),
        denies(from("notIpBlocks: [192.0.2.0/24]"), "GET httpbin.org /get", null),
        denies(from("remoteIpBlocks: [192.0.2.0/24]"), null, "GET httpbin.org /get"),
        denies(
            when("request.headers[X-Team]", "values: [red]"),
            "GET httpbin.org /get x-team:red",
            "GET httpbin.org /get x-team:blue"),
        denies(
            when("request.headers[x-team]", "notValues: [red]"),
            "GET httpbin.org /get",
            "GET httpbin.org /get x-team:red"),
        denies(when("source.namespace", "values: [mytest]"), "GET httpbin.org /get", null),
        denies(when("source.principal", "values: ['*/sa/other']"), null, "GET httpbin.org /get"),
        denies(when("destination.port", "values: ['80']"), "GET httpbin.org /get", null),
        denies(when("connection.sni", "values: ['outbound_.80_*']"), "GET httpbin.org /get", null));
  }

  private static Arguments denies(String rule, String denied, String allowed) {
    return Arguments.of(rule, denied == null ? "" : denied, allowed == null ? "" : allowed);
  }

  private static String to(String operation) {
    return "to: [{operation: {" + operation + "}}]";
  }

  private static String from(String source) {
    return "from: [{source: {" + source + "}}]";
  }

  private static String when(String key, String values) {
    return "when: [{key: '" + key + "', " + values + "}]";
  }

  @ParameterizedTest(name = "{0}: not {1}, but {2}")
  @MethodSource("denials")
  void whatMatchesIsDenied(String rule, String denied, String allowed) {
    inForce(policy("denied", "{action: DENY, rules: [{" + rule + "}]}", ""));
    if (!denied.isEmpty()) {
      Answer answer = send(denied);
      assertThat(answer.status()).isEqualTo(403);
      assertThat(((Answer.Response) answer).body()).isEqualTo("RBAC: access denied");
    }
    if (!allowed.isEmpty()) {
      assertThat(send(allowed).status()).isEqualTo(200);
    }
  }

  @Test
  void theLogNamesThePolicyThatDenies() {
    inForce(policy("deny-post", "{action: DENY, rules: [{" + to("methods: [POST]") + "}]}", ""));
    JsonObject line = logged("POST httpbin.org " + unique("/post"));
    assertThat(text(line, "denied_by")).isEqualTo("istio-system/deny-post#spec.rules[0]");
    assertThat(text(line, "policy")).isEqualTo("istio-egress/egress-by-egressgateway");
    assertThat(text(line, "response_code_details")).startsWith("rbac_access_denied");
  }

  @Test
  void whereThereAreAllowPoliciesOneHasToMatch() {
    inForce(
        policy("only-get", "{rules: [{" + to("methods: [GET]") + "}]}", "")
            + policy("only-head", "{rules: [{" + to("methods: [HEAD]") + "}]}", ""));
    assertThat(send("GET httpbin.org /get").status()).isEqualTo(200);
    JsonObject line = logged("POST httpbin.org " + unique("/post"));
    assertThat(text(line, "response_code")).isEqualTo("403");
    assertThat(text(line, "denied_by"))
        .isEqualTo("no match of istio-system/only-get, istio-system/only-head");
  }

  @Test
  void anAllowPolicyGrantsNothingThatNoRuleGrants() {
    inForce(policy("everything", "{rules: [{}]}", ""));
    assertThat(send("GET httpbin.org /get").status()).isEqualTo(200);
    assertThat(send("GET www.alibabacloud.com /").status()).isEqualTo(502);
    assertThat(get(mesh.nginxApplication(), "httpbin.org", "/get").status()).isEqualTo(502);
  }

  @Test
  void anAllowPolicyWithoutRulesDeniesEverything() {
    inForce(policy("nothing", "{}", ""));
    assertThat(send("GET httpbin.org /get").status()).isEqualTo(403);
  }

  @Test
  void denyGoesBeforeAllow() {
    inForce(
        policy("everything", "{rules: [{}]}", "")
            + policy("denied", "{action: DENY, rules: [{" + to("paths: [/get]") + "}]}", ""));
    assertThat(send("GET httpbin.org /get").status()).isEqualTo(403);
    assertThat(send("GET httpbin.org /anything").status()).isEqualTo(200);
  }

  @Test
  void auditIsOnlyNoted() {
    inForce(policy("audit", "{action: AUDIT, rules: [{" + to("methods: [GET]") + "}]}", ""));
    JsonObject line = logged("GET httpbin.org " + unique("/get"));
    assertThat(text(line, "response_code")).isEqualTo("200");
    assertThat(text(line, "audited_by")).isEqualTo("istio-system/audit#spec.rules[0]");
    assertThat(text(logged("POST httpbin.org " + unique("/post")), "audited_by")).isEmpty();
  }

  @Test
  void aDryRunIsOnlyNoted() {
    String dryRun = "istio.io/dry-run: 'true'";
    inForce(
        policy("tried", "{action: DENY, rules: [{" + to("methods: [GET]") + "}]}", dryRun)
            + policy("nobody", "{}", dryRun));
    JsonObject line = logged("GET httpbin.org " + unique("/get"));
    assertThat(text(line, "response_code")).isEqualTo("200");
    assertThat(text(line, "dry_run_denied_by")).isEqualTo("istio-system/tried#spec.rules[0]");
    assertThat(text(line, "dry_run_allow")).isEqualTo("denied");
  }

  @Test
  void selectorAndTargetRefsDecideWhereItHolds() {
    inForce(
        policy(
            "others",
            "{action: DENY, selector: {matchLabels: {istio: ingressgateway}}, rules: [{}]}",
            ""));
    assertThat(send("GET httpbin.org /get").status()).isEqualTo(200);
    inForce(
        policy(
            "selected",
            "{action: DENY, selector: {matchLabels: {istio: egressgateway-a}}, rules: [{}]}",
            ""));
    assertThat(send("GET httpbin.org /get").status()).isEqualTo(403);
    inForce(
        policy(
                "target",
                "{action: DENY, targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway,"
                    + " name: egressgateway}], rules: [{}]}",
                "")
            .replace("namespace: istio-system", "namespace: istio-egress"));
    assertThat(send("GET httpbin.org /get").status()).isEqualTo(403);
  }

  /// Of TLS that the application starts only the host is known: a DENY that names methods denies
  /// all of a host that it names, and nothing of another; an ALLOW that names methods allows
  /// nothing.
  @Test
  void ofATunnelOnlyTheHostIsKnown() {
    mesh.documents().delete("http.yaml");
    mesh.documents().apply("https-passthrough.yaml");
    awaitTls("httpbin.org", true);
    String wwwPost = "hosts: [www.httpbin.org], methods: [POST]";
    inForceForTunnels(policy("deny-www", "{action: DENY, rules: [{" + to(wwwPost) + "}]}", ""));
    awaitTls("www.httpbin.org", false);
    int from = mesh.gateway().accessLog().size();
    tls("www.httpbin.org");
    JsonObject denied =
        mesh.gateway().awaitLog("the refusal", from, line -> !text(line, "denied_by").isEmpty());
    assertThat(text(denied, "denied_by")).isEqualTo("istio-system/deny-www#spec.rules[0]");
    awaitTls("httpbin.org", true);

    inForceForTunnels(policy("only-www", "{rules: [{" + to("hosts: ['www.*']") + "}]}", ""));
    awaitTls("httpbin.org", false);
    awaitTls("www.httpbin.org", true);
    from = mesh.gateway().accessLog().size();
    tls("httpbin.org");
    JsonObject unmatched =
        mesh.gateway().awaitLog("the refusal", from, line -> !text(line, "denied_by").isEmpty());
    assertThat(text(unmatched, "denied_by")).isEqualTo("no match of istio-system/only-www");

    inForceForTunnels(policy("only-get", "{rules: [{" + to("methods: [GET]") + "}]}", ""));
    awaitTls("www.httpbin.org", false);

    inForceForTunnels(
        policy("audit", "{action: AUDIT, rules: [{" + from("namespaces: [mytest]") + "}]}", "")
            + policy("tried", "{action: DENY, rules: [{}]}", "istio.io/dry-run: 'true'"));
    awaitTls("www.httpbin.org", true);
    from = mesh.gateway().accessLog().size();
    tls("www.httpbin.org");
    JsonObject noted =
        mesh.gateway().awaitLog("the tunnel", from, line -> !text(line, "audited_by").isEmpty());
    assertThat(text(noted, "audited_by")).isEqualTo("istio-system/audit#spec.rules[0]");
    assertThat(text(noted, "dry_run_denied_by")).isEqualTo("istio-system/tried#spec.rules[0]");
    mesh.documents().delete("https-passthrough.yaml");
  }

  private void inForceForTunnels(String policies) {
    mesh.documents().write(POLICY, policies);
  }

  private Answer tls(String host) {
    SSLSocketFactory tls = applicationTls().getSocketFactory();
    return mesh.sleepAApplication().https(tls, host, mesh.layout().https(), "/get");
  }

  private void awaitTls(String host, boolean passes) {
    Await.until(
        "TLS to " + host + (passes ? " passes" : " is refused"),
        LIMIT,
        () -> (tls(host) instanceof Answer.Response) == passes,
        mesh::controlPlaneTail);
  }

  private static String policy(String name, String spec, String annotations) {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata:
      name: %s
      namespace: istio-system
      annotations: {%s}
    spec: %s
    ---
    """
        .formatted(name, annotations, spec);
  }

  /// Brings policies into force, and waits for a further one of the same change to show.
  private void inForce(String policies) {
    onlyHttpPolicyIsThere();
    String marker = "/marker-" + MARKERS.incrementAndGet();
    mesh.documents()
        .write(
            POLICY,
            policies
                + policy(
                    "marker",
                    "{action: DENY, rules: [{" + to("paths: [" + marker + "]") + "}]}",
                    ""));
    Await.until(
        "the policies are in force",
        LIMIT,
        () -> get(mesh.sleepAApplication(), "httpbin.org", marker).status() == 403,
        mesh::controlPlaneTail);
  }

  private void onlyHttpPolicyIsThere() {
    mesh.documents().delete(POLICY);
    onlyHttpPolicy();
  }

  /// `METHOD HOST PATH`, and perhaps a header.
  private Answer send(String request) {
    String[] words = request.split(" ");
    String host = words[1];
    return mesh.sleepAApplication()
        .raw(
            host.replaceAll("(:80|\\.)$", "").toLowerCase(java.util.Locale.ROOT),
            httpPort(),
            words[0]
                + " "
                + words[2]
                + " HTTP/1.1\r\nHost: "
                + host
                + "\r\nContent-Length: 0\r\nConnection: close\r\n"
                + (words.length > 3 ? words[3] + "\r\n" : "")
                + "\r\n");
  }

  private JsonObject logged(String request) {
    int from = mesh.gateway().accessLog().size();
    send(request);
    String path = request.split(" ")[2];
    return mesh.gateway().awaitLog(request, from, line -> text(line, "path").equals(path));
  }
}
