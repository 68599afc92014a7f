package io.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressBlockTest {
  private static AddressBlock block(String text) {
    int slash = text.indexOf('/');
    return AddressBlock.of(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
  }

  private static String text(AddressBlock block) {
    return block.address() + "/" + block.length();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255/32, true",
    "10.0.0.0/8, 10.0.0.0/8, true",
    "10.0.0.0/8, 10.0.0.0/7, false",
    "10.0.0.0/8, 11.0.0.0/32, false",
    "0.0.0.0/0, 255.255.255.255/32, true",
    "::/0, 10.0.0.0/8, false",
    "fd00::/8, fdff:ffff::1/128, true",
  })
  void aBlockCoversWhatSharesItsFirstBits(String block, String other, boolean covers) {
    assertThat(block(block).covers(block(other))).isEqualTo(covers);
  }

  @Test
  void bitsBeyondTheLengthAreDropped() {
    assertThat(text(block("10.1.2.3/8"))).isEqualTo("10.0.0.0/8");
    assertThat(block("10.1.2.3/8")).isEqualTo(block("10.0.0.0/8"));
    assertThat(text(block("fd12::3/7"))).isEqualTo("fc00::/7");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.64.0.0/10, 10.0.0.0/10 10.128.0.0/9",
    "10.0.0.0/8, 10.0.0.0/8, ''",
    "10.0.0.0/8, 0.0.0.0/0, ''",
    "10.0.0.0/8, 11.0.0.0/8, 10.0.0.0/8",
    "fc00::/7, fd00::/8, fc00::/8",
  })
  void whatIsTakenOutLeavesTheRestInOrder(String block, String other, String rest) {
    List<String> expected = rest.isEmpty() ? List.of() : List.of(rest.split(" "));
    assertThat(block(block).without(block(other)))
        .extracting(AddressBlockTest::text)
        .isEqualTo(expected);
  }
}
