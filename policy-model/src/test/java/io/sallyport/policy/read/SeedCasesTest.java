package io.sallyport.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.EgressTrafficPolicy.EgressRule;
import io.sallyport.policy.EgressTrafficPolicy.Port;
import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Kind;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.MeshConfig.Dns;
import io.sallyport.policy.MeshConfig.ExternalTrust;
import io.sallyport.policy.MeshConfig.HostAlias;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Position;
import io.sallyport.policy.Resource;
import io.sallyport.policy.WorkloadEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The documents of the cases that must work become exactly these records.
class SeedCasesTest {
  @Test
  void http() throws IOException {
    ReadResult result = read("seed-http");

    assertThat(resources(result))
        .containsExactly(
            new EgressTrafficPolicy(
                Kind.ASM_EGRESS_TRAFFIC_POLICY,
                Metadata.of("istio-egress", "egress-by-egressgateway"),
                "egressgateway",
                List.of(
                    new EgressRule(
                        List.of(new Source("mytest", Map.of("app", "sleep-a"))),
                        List.of(
                            new Destination(
                                "httpbin-service-http",
                                List.of("www.httpbin.org", "httpbin.org"),
                                new Port("http", 80, Protocol.HTTP),
                                Optional.of(80),
                                Optional.empty()))))));
  }

  @Test
  void mesh() throws IOException {
    List<Resource> resources = resources(read("seed-mesh"));

    assertThat(resources).hasSize(5);
    assertThat(resources.get(0))
        .isEqualTo(
            new MeshConfig(
                Metadata.of("", "default"),
                "cluster.local",
                MeshConfig.OutboundMode.REGISTRY_ONLY,
                "istio-system",
                new Dns(
                    List.of(),
                    List.of(
                        new HostAlias("127.0.3.1", List.of("httpbin.org", "www.httpbin.org")),
                        new HostAlias("127.0.3.2", List.of("www.alibabacloud.com")))),
                new ExternalTrust(true, List.of("pretend-internet-ca.crt")),
                MeshConfig.DEFAULT.certificates()));
    assertThat(resources.get(1))
        .isEqualTo(
            new WorkloadEntry(
                Metadata.of("mytest", "sleep-a"),
                "127.0.1.1",
                Map.of(),
                Map.of("app", "sleep-a"),
                "sleep-a"));
    assertThat(resources.get(4))
        .isEqualTo(
            new Gateway(
                Kind.GATEWAY,
                Metadata.of("istio-egress", "egressgateway"),
                GatewayClass.SALLYPORT_EGRESS,
                List.of(
                    new Listener("http", 80, Gateway.Protocol.HTTP),
                    new Listener("https", 443, Gateway.Protocol.TLS),
                    new Listener("https-passthrough", 444, Gateway.Protocol.TLS))));
  }

  @Test
  void fieldsKnowWhereTheyStand() throws IOException {
    ReadDocument policy = read("seed-http").documents().getFirst();

    assertThat(position(policy, "")).contains(new Position("in.yaml", 1, 1));
    assertThat(position(policy, "spec.egressRules[0].to[0].port.protocol"))
        .contains(new Position("in.yaml", 22, 23));
    assertThat(position(policy, "spec.egressRules[0].to[0].byEgressGateway"))
        .contains(new Position("in.yaml", 23, 11));
    assertThat(position(policy, "spec.egressRules[0].to[0].hosts[1]"))
        .contains(new Position("in.yaml", 18, 15));
  }

  private static Optional<Position> position(ReadDocument document, String field) {
    return document.document().orElseThrow().position(new FieldPath(field));
  }

  private static ReadResult read(String name) throws IOException {
    Path file = Path.of("src/test/resources/policies", name, "in.yaml");
    ReadResult result = new DocumentReader().read("in.yaml", Files.readAllBytes(file));
    assertThat(result.problems()).isEmpty();
    assertThat(result.complete()).isTrue();
    return result;
  }

  private static List<Resource> resources(ReadResult result) {
    return result.documents().stream().map(d -> d.document().orElseThrow().resource()).toList();
  }
}
