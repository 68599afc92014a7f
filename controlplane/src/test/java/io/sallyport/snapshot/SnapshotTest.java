package io.sallyport.snapshot;

import static io.sallyport.snapshot.ResourceType.CLUSTER;
import static io.sallyport.snapshot.ResourceType.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.sallyport.xds.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private static final VersionedResource A = Samples.cluster("a", 1);
  private static final VersionedResource B = Samples.cluster("b", 1);
  private static final VersionedResource S = Samples.secret("s", 1);

  @Test
  void theOrderOfResourcesDoesNotMatter() {
    Snapshot one = Snapshot.of(List.of(A, B, S));
    Snapshot other = Snapshot.of(List.of(S, B)).with(List.of(A));
    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
    assertThat(one.version(CLUSTER)).isEqualTo(other.version(CLUSTER));
    assertThat(one.size()).isEqualTo(3);
  }

  @Test
  void aVersionIsThatOfItsTypeAlone() {
    Snapshot one = Snapshot.of(List.of(A, S));
    Snapshot other = Snapshot.of(List.of(A, Samples.secret("s", 2)));
    assertThat(one).isNotEqualTo(other);
    assertThat(one.version(CLUSTER)).isEqualTo(other.version(CLUSTER));
    assertThat(one.version(SECRET)).isNotEqualTo(other.version(SECRET));
    assertThat(Snapshot.EMPTY.version(CLUSTER)).isEqualTo(Snapshot.of(List.of(S)).version(CLUSTER));
  }

  @Test
  void versionsDoNotDependOnTheProcess() {
    assertThat(A.version()).isEqualTo("a82e25bbf59eb8aa4bac167a0db03b75");
    assertThat(Snapshot.of(List.of(A, B)).version(CLUSTER))
        .isEqualTo("8a69955b742b54101e8ee6407585a706");
  }

  @Test
  void otherOriginsMakeAnotherSnapshotOfTheSameVersions() {
    VersionedResource moved =
        new VersionedResource(
            A.type(), A.name(), A.version(), A.body(), List.of(new Origin("P d/p", "spec")), "");
    Snapshot one = Snapshot.of(List.of(A));
    Snapshot other = Snapshot.of(List.of(moved));
    assertThat(one).isNotEqualTo(other);
    assertThat(one.version(CLUSTER)).isEqualTo(other.version(CLUSTER));
    assertThat(other.sharing(one)).isEqualTo(other);
    assertThat(other.sharing(one).of(CLUSTER).sequencedValues().getFirst().body())
        .isSameAs(A.body());
  }

  @Test
  void whatIsUnchangedIsShared() {
    Snapshot earlier = Snapshot.of(List.of(A, B));
    Snapshot later =
        Snapshot.of(List.of(Samples.cluster("a", 1), Samples.cluster("b", 2), S)).sharing(earlier);
    assertThat(later.of(CLUSTER).get("a")).isSameAs(A);
    assertThat(later.of(CLUSTER).get("b")).isEqualTo(Samples.cluster("b", 2));
    assertThat(later.of(SECRET)).hasSize(1);
  }

  @Test
  void twoOfOneNameAreAMistake() {
    assertThatThrownBy(() -> Snapshot.of(List.of(A, Samples.cluster("a", 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("named a");
  }

  @Test
  void aClusterNamesItsAssignment() {
    Cluster.Builder cluster = Cluster.newBuilder().setName("c");
    assertThat(assignment(cluster.build())).isEmpty();
    cluster.setEdsClusterConfig(
        Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ConfigSource.getDefaultInstance()));
    assertThat(assignment(cluster.build())).isEqualTo("c");
    cluster.getEdsClusterConfigBuilder().setServiceName("pool");
    assertThat(assignment(cluster.build())).isEqualTo("pool");
  }

  private static String assignment(Cluster cluster) {
    return VersionedResource.of(CLUSTER, "c", cluster, List.of()).assignment();
  }

  @Test
  void textShowsNoBytes() {
    assertThat(Snapshot.of(List.of(S)).toString())
        .contains("SDS s@" + S.version())
        .doesNotContain("r1");
  }
}
