package io.sallyport.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Gateway.Protocol;
import io.sallyport.policy.Kind;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Resource;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.WorkloadEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the valid documents among the goldens become.
class ReadValuesTest {
  @Test
  void hostsAreNormalised() throws IOException {
    EgressTrafficPolicy policy = (EgressTrafficPolicy) read("host-is-normalised").getFirst();
    Destination destination = policy.egressRules().getFirst().to().getFirst();

    assertThat(destination.hosts())
        .containsExactly(
            "www.httpbin.org", "httpbin.org", "xn--bcher-kva.example", "api.xn--r8jz45g.jp");
  }

  @Test
  void anUpgradeThatIsSwitchedOffIsNone() throws IOException {
    EgressTrafficPolicy policy = (EgressTrafficPolicy) read("egress-policy").getFirst();

    assertThat(policy.kind()).isEqualTo(Kind.EGRESS_TRAFFIC_POLICY);
    assertThat(policy.egressRules().getFirst().to().getFirst().httpsUpgrade()).isEmpty();
    assertThat(policy.egressRules().getFirst().from())
        .extracting(EgressTrafficPolicy.Source::workloadSelector)
        .containsExactly(Map.of(), Map.of());
  }

  @Test
  void anIstioGatewayIsAGateway() throws IOException {
    assertThat(read("istio-gateway").getFirst())
        .isEqualTo(
            new Gateway(
                Kind.ISTIO_GATEWAY,
                Metadata.of("istio-egress", "egressgateway"),
                Gateway.GatewayClass.SALLYPORT_EGRESS,
                List.of(
                    new Listener("http2", 80, Protocol.HTTP),
                    new Listener("https", 443, Protocol.HTTPS),
                    new Listener("plain", 9000, Protocol.TCP))));
  }

  @Test
  void aWorkloadEntryHasAnAccount() throws IOException {
    assertThat(read("workload-entry").getFirst())
        .isEqualTo(
            new WorkloadEntry(
                Metadata.of("mytest", "good"),
                "workload.example",
                Map.of("http", 8080),
                Map.of("app", "good"),
                "default"));
  }

  @Test
  void aMeshConfigHasDefaults() throws IOException {
    MeshConfig config = (MeshConfig) read("mesh-config").getLast();

    assertThat(config)
        .isEqualTo(
            new MeshConfig(
                Metadata.of("", "good"),
                MeshConfig.DEFAULT.trustDomain(),
                MeshConfig.DEFAULT.outboundMode(),
                MeshConfig.DEFAULT.rootNamespace(),
                MeshConfig.DEFAULT.dns(),
                new MeshConfig.ExternalTrust(false, List.of()),
                new MeshConfig.Certificates(Duration.ofMinutes(90))));
  }

  @Test
  void metadataIsKept() throws IOException {
    Metadata metadata = read("metadata").getFirst().metadata();

    assertThat(metadata.creationTimestamp()).contains(Instant.parse("2026-01-31T08:00:00Z"));
    assertThat(metadata.labels())
        .containsExactly(Map.entry("kubernetes.io/metadata.name", "mytest"));
    assertThat(metadata.annotations()).containsOnlyKeys("example.com/note");
  }

  @Test
  void anAliasIsWhatItNames() throws IOException {
    assertThat(read("alias"))
        .extracting(resource -> ((WorkloadEntry) resource).labels())
        .containsExactly(Map.of("app", "sleep-a"));
  }

  @Test
  void listsAreTheirItems() throws IOException {
    assertThat(read("lists"))
        .extracting(Resource::key)
        .extracting(ResourceKey::toString)
        .containsExactly("Namespace mytest", "Namespace nested", "WorkloadEntry mytest/sleep-a");
    assertThat(read("json")).extracting(Resource::kind).containsExactly(Kind.NAMESPACE);
  }

  @Test
  void aBrokenDocumentHidesNoOther() throws IOException {
    assertThat(read("not-yaml"))
        .extracting(resource -> resource.metadata().name())
        .containsExactly("before", "between", "after");
    assertThat(result("not-yaml").complete()).isFalse();
  }

  @Test
  void aTextIsCompleteWhereEveryDocumentCouldBeNamed() throws IOException {
    assertThat(result("unknown-field").complete()).isTrue();
    assertThat(result("known-kinds-not-supported-yet").complete()).isTrue();
    assertThat(result("documents-of-others").complete()).isTrue();
    assertThat(result("unknown-kind").complete()).isFalse();
    assertThat(result("bad-name").complete()).isFalse();
    assertThat(result("not-utf8").complete()).isFalse();
  }

  /// A name that stands there twice must not decide which document is replaced.
  @Test
  void anAmbiguousNameIsNoName() throws IOException {
    assertThat(result("duplicate-key").documents())
        .extracting(read -> read.key().toString())
        .containsExactly("WorkloadEntry mytest/sleep-a");
    assertThat(result("duplicate-key").complete()).isFalse();
  }

  private static List<Resource> read(String golden) throws IOException {
    return result(golden).documents().stream()
        .flatMap(read -> read.document().stream())
        .map(document -> document.resource())
        .toList();
  }

  private static ReadResult result(String golden) throws IOException {
    Path file = Path.of("src/test/resources/policies", golden, "in.yaml");
    return new DocumentReader().read("in.yaml", Files.readAllBytes(file));
  }
}
