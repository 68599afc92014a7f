package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.GatewayClient;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// How many requests a rule grants to each workload. Buckets are filled so slowly that they count
/// as not filled at all.
class RateLimitTest extends BackendScenario {
  private static final String THREE = "rateLimit: {requests: 1, per: 24h, burst: 3}";
  private static final String NGINX = "{namespace: default}";

  @BeforeParameterizedClassInvocation
  void applyThePolicy() {
    String httpbin = mesh.layout().httpbin();
    OutsidePolicy policy = new OutsidePolicy();
    for (String host :
        List.of("sidecar.test", "gateway.test", "one.test", "two.test", "header.test")) {
      policy.http(host, httpPort(), THREE).alias(httpbin, host);
    }
    policy.http("first.test, second.test", httpPort(), THREE);
    policy.alias(httpbin, "first.test").alias(httpbin, "second.test");
    policy.http("plain.test", httpPort(), "name: plain").alias(httpbin, "plain.test");
    policy.http("some.test", httpPort(), "http: [{methods: [POST]}]", THREE);
    policy.http("some.test", httpPort(), "http: [{methods: [GET]}]").alias(httpbin, "some.test");
    policy.apply(mesh, NGINX);
    awaitStatus(mesh.sleepAApplication(), "plain.test", 200);
    awaitStatus(mesh.nginxApplication(), "plain.test", 200);
  }

  private GatewayClient workload(String namespace, String name) {
    return GatewayClient.of(mesh.bootstrap(namespace + "-" + name));
  }

  /// Statuses of requests that pass no sidecar.
  private List<Integer> atGateway(GatewayClient client, String host, int times, String headers) {
    InetSocketAddress gateway =
        new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayHttp());
    String request =
        "GET /get HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + headers + "\r\n";
    return IntStream.range(0, times)
        .mapToObj(_ -> client.request(gateway, Optional.empty(), request).status())
        .toList();
  }

  @Test
  void theSidecarRefusesWhatIsTooMuchAndSaysWhy() {
    for (int i = 0; i < 3; i++) {
      assertThat(get(mesh.sleepAApplication(), "sidecar.test", "/get").status()).isEqualTo(200);
    }
    int before = mesh.sleepA().accessLog().size();
    int atGateway = mesh.gateway().accessLog().size();
    String path = unique("/get");
    Answer answer = get(mesh.sleepAApplication(), "sidecar.test", path);
    assertThat(answer.status()).isEqualTo(429);
    JsonObject entry =
        mesh.sleepA().awaitLog(path, before, line -> text(line, "path").equals(path));
    assertThat(text(entry, "reason")).isEqualTo("rate_limited");
    assertThat(text(entry, "policy")).isEqualTo("istio-egress/outside");
    assertThat(text(entry, "rule")).isEqualTo("spec.egressRules[0].to[0]");
    assertThat(mesh.gateway().accessLog().stream().skip(atGateway))
        .noneMatch(line -> text(line, "path").equals(path));
  }

  @Test
  void theGatewayCountsEachWorkloadForItself() {
    GatewayClient sleepA = workload("mytest", "sleep-a");
    GatewayClient nginx = workload("default", "nginx");
    assertThat(atGateway(sleepA, "gateway.test", 4, "")).containsExactly(200, 200, 200, 429);
    assertThat(atGateway(nginx, "gateway.test", 4, "")).containsExactly(200, 200, 200, 429);
    JsonObject entry =
        mesh.gateway()
            .awaitLog(
                "a refusal of sleep-a",
                0,
                line ->
                    text(line, "authority").equals("gateway.test")
                        && text(line, "response_code").equals("429")
                        && text(line, "downstream_peer").endsWith("/sa/sleep-a"));
    assertThat(text(entry, "reason")).isEqualTo("rate_limited");
    assertThat(text(entry, "granted_by"))
        .isEqualTo("istio-egress/outside#spec.egressRules[0].to[1]");
  }

  /// Whatever a client says of itself, it is who its certificate says.
  @Test
  void noHeaderMakesSomebodyElseOfAClient() {
    GatewayClient sleepA = workload("mytest", "sleep-a");
    assertThat(atGateway(sleepA, "header.test", 3, "")).containsExactly(200, 200, 200);
    String nginx = "spiffe://cluster.local/ns/default/sa/nginx";
    assertThat(
            atGateway(
                sleepA,
                "header.test",
                1,
                "x-forwarded-client-cert: URI=" + nginx + "\r\nx-envoy-peer: " + nginx + "\r\n"))
        .containsExactly(429);
    assertThat(atGateway(workload("default", "nginx"), "header.test", 1, "")).containsExactly(200);
  }

  @Test
  void rulesHaveBucketsOfTheirOwnAndHostsOfOneRuleShareIt() {
    GatewayClient sleepA = workload("mytest", "sleep-a");
    assertThat(atGateway(sleepA, "one.test", 4, "")).containsExactly(200, 200, 200, 429);
    assertThat(atGateway(sleepA, "two.test", 4, "")).containsExactly(200, 200, 200, 429);
    assertThat(atGateway(sleepA, "first.test", 2, "")).containsExactly(200, 200);
    assertThat(atGateway(sleepA, "second.test", 2, "")).containsExactly(200, 429);
  }

  /// Of two rules for one host, a request is counted on the one that lets it through.
  @Test
  void onlyWhatARuleGrantsIsCountedOnIt() {
    for (int i = 0; i < 5; i++) {
      assertThat(get(mesh.sleepAApplication(), "some.test", "/get").status()).isEqualTo(200);
    }
    List<Integer> posts =
        IntStream.range(0, 4)
            .mapToObj(_ ->
                mesh.sleepAApplication()
                    .http("POST", "some.test", httpPort(), "/post", "Content-Length: 0\r\n")
                    .status())
            .toList();
    assertThat(posts).containsExactly(200, 200, 200, 429);
  }

  @Test
  void whatHasNoLimitIsNotCounted() {
    for (int i = 0; i < 50; i++) {
      assertThat(get(mesh.sleepAApplication(), "plain.test", "/get").status()).isEqualTo(200);
    }
  }
}
