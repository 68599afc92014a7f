package io.sallyport.xds;

import static io.sallyport.xds.Samples.cluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.snapshot.VersionedResource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whom a NACK's message blames.
class SuspectsTest {
  private static List<String> suspects(String message, String... candidates) {
    return Suspects.in(message, Stream.of(candidates).map(name -> cluster(name, 1)).toList())
        .stream()
        .map(VersionedResource::name)
        .toList();
  }

  @Test
  void envoyNamesClustersOneByOne() {
    assertThat(
            suspects(
                "Error adding/updating cluster(s) a.example: bad, outbound|80||b: worse",
                "a.example",
                "outbound|80||b",
                "c"))
        .containsExactlyInAnyOrder("a.example", "outbound|80||b");
  }

  @Test
  void aNameWithinALongerNameIsNotMeant() {
    assertThat(suspects("cluster(s) pool-10: bad", "pool-1", "pool-10", "10", "pool"))
        .containsExactly("pool-10");
    assertThat(suspects("cluster(s) a.b.example: bad", "a", "b", "a.b", "example")).isEmpty();
  }

  @Test
  void aNameThatAReasonMentionsIsNotBlamedIfAnotherIs() {
    assertThat(suspects("listener(s) l: unknown cluster 'c'", "l", "c")).containsExactly("l");
  }

  @Test
  void aNameThatIsMerelyMentionedIsBlamedIfNoOtherIs() {
    assertThat(suspects("route r refers to nothing.", "r", "s")).containsExactly("r");
    assertThat(suspects("nothing in r.", "r", "s")).containsExactly("r");
  }

  @Test
  void aMessageMayNameNobody() {
    assertThat(suspects("Proto constraint validation failed", "a", "b")).isEmpty();
    assertThat(suspects("", "a", "")).isEmpty();
  }
}
