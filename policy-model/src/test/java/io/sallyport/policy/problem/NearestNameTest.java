package io.sallyport.policy.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  @Test
  void findsTheNameWithTheFewestEdits() {
    List<String> known = List.of("workloadSelector", "namespace", "hosts", "port");

    assertThat(NearestName.to("workloadSelectors", known)).contains("workloadSelector");
    assertThat(NearestName.to("namepsace", known)).contains("namespace");
    assertThat(NearestName.to("Hosts", known)).contains("hosts");
    assertThat(NearestName.to("prot", known)).contains("port");
  }

  @Test
  void saysNothingWhereNothingIsNear() {
    assertThat(NearestName.to("timeout", List.of("hosts", "port"))).isEmpty();
    assertThat(NearestName.to("", List.of("hosts"))).isEmpty();
    assertThat(NearestName.to("hosts", List.of())).isEmpty();
  }

  @Test
  void ofEquallyNearNamesTakesTheFirst() {
    assertThat(NearestName.to("hosx", List.of("hosz", "hosa"))).contains("hosz");
  }
}
