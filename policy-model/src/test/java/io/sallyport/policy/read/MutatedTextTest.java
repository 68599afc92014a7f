package io.sallyport.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.problem.ProblemPrinter;
import io.sallyport.policy.problem.SourceText;
import io.sallyport.policy.problem.Summary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Good and bad documents, damaged at random: whatever comes of it, nothing is thrown, what is in
/// force is without error, and nothing that a terminal obeys is printed.
@Timeout(60)
class MutatedTextTest {
  private static final int ROUNDS = 2_000;
  private static final List<String> TOKENS =
      List.of(
          "---\n",
          "...\n",
          "\n",
          "\r",
          "\r\n",
          "  ",
          "\t",
          ":",
          ": ",
          "- ",
          "? ",
          "[",
          "]",
          "{",
          "}",
          ",",
          "\"",
          "'",
          "|\n",
          ">\n",
          "&a ",
          "*a",
          "!",
          "!!int ",
          "%YAML 1.1\n",
          "<<: ",
          "#",
          "~",
          "null",
          "true",
          "99999999999999999999",
          "0x7f.1",
          "::1",
          "*",
          "kind: List\nitems:\n",
          "\u0000",
          "\u001b[2J",
          "\u0085",
          "\u202e",
          "\u2028",
          "\ufeff",
          "ß",
          "１",
          "😀",
          "xn--",
          ".",
          "/",
          "\\x00",
          "\\u001b",
          "\\ud800");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingIsThrown(long seed) throws IOException {
    List<byte[]> originals = originals();
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] text = originals.get(random.nextInt(originals.size()));
      for (int i = random.nextInt(4); i >= 0; i--) {
        text = mutate(text, originals, random);
      }
      check(text, "seed " + seed + ", round " + round);
    }
  }

  private static void check(byte[] text, String name) {
    ReadResult result = new DocumentReader().read(name, text);
    TreeMap<String, ReadResult> texts = new TreeMap<>();
    texts.put(name, result);
    DocumentSet set = DocumentSet.of(texts);
    ProblemPrinter printer = new ProblemPrinter(SourceText.of(_ -> Optional.of(text)), false);

    String printed =
        printer.print(set.problems()) + Summary.of(set.problems(), set.documentCount());

    assertThat(printed.chars().filter(c -> c != '\n' && Character.isISOControl(c)).toArray())
        .as(name)
        .isEmpty();
    assertThat(printed).as(name).doesNotContain("\u202e", "\u2028", "\ufeff");
    set.inForce()
        .forEach((key, document) -> {
          assertThat(document.key()).as(name).isEqualTo(key);
          assertThat(key.qualifiedName()).as(name).matches("([-a-z0-9]+/)?[-.a-z0-9]+");
        });
  }

  private static byte[] mutate(byte[] text, List<byte[]> originals, Random random) {
    int from = random.nextInt(text.length + 1);
    int to = Math.min(text.length, from + random.nextInt(1 + random.nextInt(40)));
    byte[] other = originals.get(random.nextInt(originals.size()));
    int otherFrom = random.nextInt(other.length + 1);
    int otherTo = Math.min(other.length, otherFrom + random.nextInt(200));
    byte[] token = TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(text, 0, from);
    switch (random.nextInt(6)) {
      case 0 -> {} // a hole
      case 1 -> out.write(random.nextInt(256));
      case 2 -> out.writeBytes(token);
      case 3 -> {
        out.writeBytes(token);
        out.write(text, from, to - from);
      }
      case 4 -> out.write(other, otherFrom, otherTo - otherFrom);
      default -> {
        out.write(text, from, to - from);
        out.write(text, from, to - from);
      }
    }
    out.write(text, to, text.length - to);
    return out.toByteArray();
  }

  private static List<byte[]> originals() throws IOException {
    List<byte[]> originals = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/policies"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        byte[] text = Files.readAllBytes(file);
        if (text.length > 0) {
          originals.add(text);
        }
      }
    }
    return originals;
  }
}
