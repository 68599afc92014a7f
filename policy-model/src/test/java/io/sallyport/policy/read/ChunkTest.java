package io.sallyport.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChunkTest {
  @Test
  void eachDocumentIsAPart() {
    assertThat(Chunk.split("a\n---\nb\n--- c\n...\nd"))
        .containsExactly(
            new Chunk(1, "a\n"),
            new Chunk(2, "---\nb\n"),
            new Chunk(4, "--- c\n...\n"),
            new Chunk(6, "d"));
  }

  @Test
  void prologuesBelongToTheDocumentBehindThem() {
    assertThat(Chunk.split("# first\n%YAML 1.2\n---\na\n...\n\n%YAML 1.2\n---\nb\n"))
        .containsExactly(
            new Chunk(1, "# first\n%YAML 1.2\n---\na\n...\n"),
            new Chunk(6, "\n%YAML 1.2\n---\nb\n"));
  }

  @Test
  void partsWithoutContentAreLeftOut() {
    assertThat(Chunk.split("")).isEmpty();
    assertThat(Chunk.split("---\n# nothing\n---\n\n...\n...\n")).isEmpty();
    assertThat(Chunk.split("---\n---\na\n---")).containsExactly(new Chunk(2, "---\na\n"));
  }

  @Test
  void everyEndOfALineCounts() {
    assertThat(Chunk.split("a\r\n---\r\nb\r---\rc"))
        .containsExactly(new Chunk(1, "a\r\n"), new Chunk(2, "---\r\nb\r"), new Chunk(4, "---\rc"));
  }

  @Test
  void onlyAMarkerOfItsOwnCuts() {
    String text = "a: |\n  ---\n ...\n----\n---a\n....\n";

    assertThat(Chunk.split(text)).containsExactly(new Chunk(1, text));
  }
}
