package io.sallyport.policy.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  private static final List<String> FIELDS =
      List.of("byEgressGateway", "egressRules", "hosts", "name", "port");

  @Test
  void misspellingsAreUnderstood() {
    assertThat(NearestName.to("byEgresGateway", FIELDS)).contains("byEgressGateway");
    assertThat(NearestName.to("nmae", FIELDS)).contains("name");
    assertThat(NearestName.to("ports", FIELDS)).contains("port");
    assertThat(NearestName.to("EGRESSRULES", FIELDS)).contains("egressRules");
  }

  @Test
  void otherWordsAreNot() {
    assertThat(NearestName.to("dryRun", FIELDS)).isEmpty();
    assertThat(NearestName.to("x", FIELDS)).isEmpty();
    assertThat(NearestName.to("", FIELDS)).isEmpty();
    assertThat(NearestName.to("p".repeat(1000), FIELDS)).isEmpty();
  }

  @Test
  void aSwapIsOneEdit() {
    assertThat(NearestName.distance("nmae", "name")).isEqualTo(1);
    assertThat(NearestName.distance("", "name")).isEqualTo(4);
    assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
  }
}
