package io.sallyport.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.ClaimedAddresses.Claim;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimedAddressesTest {
  private static final int MANY = 20_000;

  private final ClaimedAddresses<Integer> claimed = new ClaimedAddresses<>();

  private static AddressRange block(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? AddressRange.of(text)
        : new AddressRange(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
  }

  private void claim(String host, String block) {
    claimed.add(new Claim<>(block(block), host, 0));
  }

  private Optional<String> ofOthers(String host, String block) {
    return claimed
        .ofOthers(host, block(block), _ -> true)
        .map(claim -> claim.host() + " " + claim.block());
  }

  @Test
  void aBlockAroundAndABlockWithinAreFound() {
    claim("mine", "10.0.0.0/8");
    claim("mine", "10.1.0.0/16");
    claim("other", "10.1.2.0/24");
    claim("mine", "10.1.2.4");
    assertThat(ofOthers("mine", "10.1.2.9")).contains("other 10.1.2.0/24");
    assertThat(ofOthers("mine", "10.0.0.0/8")).contains("other 10.1.2.0/24");
    assertThat(ofOthers("mine", "10.1.3.0/24")).isEmpty();
    assertThat(ofOthers("other", "10.1.3.0/24")).contains("mine 10.0.0.0/8");
    assertThat(ofOthers("third", "11.0.0.0/8")).isEmpty();
  }

  /// Against looking at each pair.
  @RepeatedTest(20)
  void whatIsFoundIsThere(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<Claim<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      // few addresses and hosts, so that runs are split and joined
      AddressRange block =
          new AddressRange("10.0.0." + random.nextInt(64), 24 + random.nextInt(9)).network();
      String host = "host-" + (random.nextInt(20) == 0 ? 1 : 0);
      int about = random.nextInt(3);
      List<Claim<Integer>> overlapping =
          all.stream()
              .filter(claim -> !claim.host().equals(host))
              .filter(claim -> claim.about() == about)
              .filter(claim -> overlap(claim.block(), block))
              .toList();
      Optional<Claim<Integer>> found = claimed.ofOthers(host, block, other -> other == about);
      if (overlapping.isEmpty()) {
        assertThat(found).as("%s %s", host, block).isEmpty();
      } else {
        assertThat(overlapping).as("%s %s", host, block).contains(found.orElseThrow());
      }
      all.add(new Claim<>(block, host, about));
      claimed.add(all.getLast());
    }
  }

  private static boolean overlap(AddressRange a, AddressRange b) {
    return a.first().compareTo(b.last()) <= 0 && b.first().compareTo(a.last()) <= 0;
  }

  /// With a comparison for each pair these would be hundreds of millions.
  @ParameterizedTest
  @ValueSource(strings = {"up", "down", "wide", "nested"})
  void manyBlocksOfOneHostAreNoWork(String order) {
    claim("other", "192.0.2.0/24");
    for (int i = 0; i < MANY; i++) {
      int number = order.equals("down") ? MANY - i : i;
      String block =
          switch (order) {
            case "wide" -> "10.0.0.0/8";
            case "nested" -> "10.0.0.0/" + (i % 25 + 8);
            default ->
                i % 3 == 0 ? "10.0.0.0/8" : "10.%d.%d.1".formatted(number >> 8, number & 255);
          };
      assertThat(ofOthers("mine", block)).isEmpty();
      claim("mine", block);
    }
    assertThat(claimed.looked()).isLessThan(50L * MANY);
    assertThat(ofOthers("third", "10.0.0.0/8")).isPresent();
  }
}
