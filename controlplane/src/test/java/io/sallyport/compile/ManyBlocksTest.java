package io.sallyport.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.sallyport.mesh.Change;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.ResourceImage;
import io.sallyport.mesh.Workload;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.read.DocumentReader;
import io.sallyport.policy.read.ReadDocument;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// As many addresses as one file holds, each block within others: what takes a look at each pair of
/// them does not end in time.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyBlocksTest {
  /// In one destination.
  private static final int BLOCKS = 1_000;

  private static final int HOSTS = 5_000;

  private static final String MESH =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: sleep-a, namespace: mytest}
      spec: {address: 127.0.1.1, serviceAccount: sleep-a, labels: {app: sleep-a}}
      ---
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: egressgateway-0, namespace: istio-egress}
      spec:
        address: 127.0.2.1
        serviceAccount: egressgateway
        labels: {gateway.networking.k8s.io/gateway-name: egressgateway}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: egressgateway, namespace: istio-egress}
      spec:
        gatewayClassName: sallyport-egress
        listeners: [{name: http, port: 80, protocol: HTTP}]
      """;

  private static final String POLICY =
      """
      ---
      apiVersion: mesh.sallyport.io/v1
      kind: EgressTrafficPolicy
      metadata: {name: databases, namespace: istio-egress}
      spec:
        byEgressGateway: {name: egressgateway}
        egressRules:
      """;

  /// A tree of blocks below 10.0.0.0/8: the first covers all, each of the others two.
  private static final List<String> TREE =
      IntStream.rangeClosed(1, BLOCKS).mapToObj(ManyBlocksTest::node).toList();

  private static String node(int number) {
    int depth = 31 - Integer.numberOfLeadingZeros(number);
    int bits = number - (1 << depth) << 24 - depth;
    return "10.%d.%d.%d/%d".formatted(bits >> 16, bits >> 8 & 255, bits & 255, 8 + depth);
  }

  private static String rule(String host, List<String> blocks) {
    return """
        - from: [{namespace: mytest}]
          to: [{hosts: [%s], port: {number: 5432, protocol: TCP}, match: {addresses: [%s]}}]
    """
        .formatted(host, String.join(",", blocks));
  }

  /// A mesh with as many of the rules as a file of a mebibyte holds.
  private static Linked link(IntFunction<String> rules) {
    StringBuilder text = new StringBuilder(MESH).append(POLICY);
    int count = 0;
    for (String rule = rules.apply(0);
        text.length() + rule.length() < 1 << 20 && count < HOSTS;
        rule = rules.apply(count)) {
      text.append(rule);
      count++;
    }
    assertThat(text.length()).isGreaterThan(100_000);
    List<Change> changes = new ArrayList<>();
    for (ReadDocument read :
        new DocumentReader()
            .read("mesh.yaml", text.toString().getBytes(StandardCharsets.UTF_8))
            .documents()) {
      assertThat(read.problems()).isEmpty();
      changes.add(new Change.Upsert("test", read.document().orElseThrow()));
    }
    return MeshModel.link(ResourceImage.EMPTY.with(changes));
  }

  private static Stream<Problem> errors(Linked linked) {
    return linked.problems().stream().filter(problem -> problem.severity() == Severity.ERROR);
  }

  private static List<String> chains(Linked linked) throws IOException {
    List<String> chains = new ArrayList<>();
    for (String name : List.of("mytest/sleep-a", "istio-egress/egressgateway-0")) {
      String[] parts = name.split("/");
      MeshModel model = linked.model();
      Workload workload = model.workload(parts[0], parts[1]).orElseThrow();
      for (VersionedResource resource :
          new EnvoyCompiler().compile(model.view(model.scope(workload, ListenOptions.DEFAULT)))) {
        if (resource.type() == ResourceType.LISTENER) {
          resource
              .body()
              .unpack(Listener.class)
              .getFilterChainsList()
              .forEach(chain ->
                  chains.add(
                      chain.getName() + " " + chain.getFilterChainMatch().getPrefixRangesCount()));
        }
      }
    }
    return chains.stream().filter(chain -> chain.startsWith("tcp")).toList();
  }

  @Test
  void theSameBlocksInEveryRuleOfAHostAreUnited() throws IOException {
    Linked linked = link(_ -> rule("db.test", TREE));
    assertThat(errors(linked)).isEmpty();
    assertThat(chains(linked)).containsExactly("tcp_5432_db.test " + BLOCKS);
  }

  @Test
  void thousandsOfHostsWithinOneBlockContradictTheFirst() throws IOException {
    Linked linked =
        link(number -> rule("db-" + number + ".test", List.of(TREE.get(number % BLOCKS))));
    assertThat(errors(linked)).hasSize(HOSTS - 1);
    assertThat(chains(linked)).containsExactly("tcp_5432_db-0.test 1");
  }

  @Test
  void thousandsOfHostsSideBySideAreTold() throws IOException {
    Linked linked =
        link(number ->
            rule(
                "db-" + number + ".test",
                List.of("10.%d.%d.0/24".formatted(number >> 8, number & 255))));
    assertThat(errors(linked)).isEmpty();
    assertThat(chains(linked)).hasSize(HOSTS);
  }
}
