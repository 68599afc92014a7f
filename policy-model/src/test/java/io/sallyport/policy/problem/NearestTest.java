package io.sallyport.policy.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  @Test
  void findsTheNameWithTheFewestEdits() {
    List<String> known = List.of("workloadSelector", "namespace", "hosts", "port");

    assertThat(Nearest.to("workloadSelectors", known)).contains("workloadSelector");
    assertThat(Nearest.to("namepsace", known)).contains("namespace");
    assertThat(Nearest.to("Hosts", known)).contains("hosts");
    assertThat(Nearest.to("prot", known)).contains("port");
  }

  @Test
  void saysNothingWhereNothingIsNear() {
    assertThat(Nearest.to("timeout", List.of("hosts", "port"))).isEmpty();
    assertThat(Nearest.to("", List.of("hosts"))).isEmpty();
    assertThat(Nearest.to("hosts", List.of())).isEmpty();
  }

  @Test
  void ofEquallyNearNamesTakesTheFirstInTheAlphabet() {
    assertThat(Nearest.to("hosx", List.of("hosz", "hosa"))).contains("hosa");
  }
}
