package io.sallyport.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.ProblemPrinter;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.problem.SourceText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/// Texts made to hurt. The timeouts are there to end a hang, not to measure.
@Timeout(60)
class HostileTextTest {
  private static final int SIZE = Limits.DEFAULT.textBytes();
  private static final String NAMESPACE =
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: mytest}\n---\n";
  private static final String WORKLOAD =
      "apiVersion: networking.istio.io/v1\n"
          + "kind: WorkloadEntry\n"
          + "metadata: {name: a, namespace: b}\n"
          + "spec:\n"
          + "  address: 127.0.0.1\n";

  /// Each fills the largest text that is read.
  static final List<Arguments> SHAPES =
      List.of(
          shape("one plain scalar", "a: ", "x", ""),
          shape("one quoted scalar", "a: \"", "x", "\""),
          shape("escapes", "a: \"", "\\n", "\""),
          shape("words", "a: ", "x ", ""),
          shape("one literal block", "a: |\n", " x\n", ""),
          shape("one comment", "#", "x", ""),
          shape("comments", "", "#\n", ""),
          shape("blank lines", "", "\n", ""),
          shape("spaces", "", " ", ""),
          shape("carriage returns", "", "\r", ""),
          shape("open lists", "", "[", ""),
          shape("open maps", "", "{", ""),
          shape("open maps with keys", "", "{a: ", ""),
          shape("lists in lines", "", "- ", ""),
          shape("complex keys", "", "? ", ""),
          shape("items", "[", "1,", "1]"),
          shape("keys of one flow map", "{", "a,", "a}"),
          shape("the same key", "", "a:\n", ""),
          shape("empty strings", "[", "\"\",", "1]"),
          shape("deep but allowed", "[", "[".repeat(90) + "]".repeat(90) + ",", "1]"),
          shape("anchors", "[", "&a a,", "1]"),
          shape("aliases", "[&a a,", "*a,", "1]"),
          shape("tags", "", "!", ""),
          shape("a long tag", "!<", "x", ">"),
          shape("an escaped tag", "!", "%41", " x"),
          shape("a long alias", "*", "x", ""),
          shape("a directive", "%", "x", ""),
          shape("directives", "", "%YAML 1.1\n", "---\n"),
          shape("empty documents", "", "---\n", ""),
          shape("ended documents", "", "...\n", ""),
          shape("documents", "", "a: 1\n---\n", ""),
          shape("foreign documents", "", "apiVersion: a/v1\nkind: B\n---\n", ""),
          shape("nearly known groups", "", "apiVersion: security.istio.i/v1\nkind: B\n---\n", ""),
          shape("unknown kinds", "", "apiVersion: security.istio.io/v1\nkind: B\n---\n", ""),
          shape("duplicates", "", NAMESPACE, ""),
          shape("unknown fields", WORKLOAD, "  adress: 1\n", ""),
          shape("a long unknown field", WORKLOAD + "  ", "x", ": 1\n"),
          shape("labels", WORKLOAD + "  labels: {", "a b: c,", "}"),
          shape("a long label", WORKLOAD + "  labels: {", "x", ": y}"),
          shape("a long address", WORKLOAD.replace("127.0.0.1", ""), "1", ""),
          shape("dots", WORKLOAD.replace("127.0.0.1\n", "a"), ".", ""),
          shape(
              "a long timestamp",
              "apiVersion: v1\nkind: Namespace\nmetadata:\n" + "  name: a\n  creationTimestamp: 2",
              "0",
              "-\n"),
          shape(
              "resolvers",
              "apiVersion: mesh.sallyport.io/v1\nkind: MeshConfig\n"
                  + "metadata: {name: a}\nspec: {dns: {resolvers: [",
              "\"]:1\",",
              "]}}"),
          shape(
              "a long resolver",
              "apiVersion: mesh.sallyport.io/v1\nkind: MeshConfig\n"
                  + "metadata: {name: a}\nspec: {dns: {resolvers: [\"",
              "]:",
              "\"]}}"),
          shape("lists in lists", "", "{apiVersion: v1, kind: List, items: [", ""),
          shape("quotes", "", "'", ""),
          shape(
              "indents",
              IntStream.range(0, 1400).mapToObj(" "::repeat).collect(Collectors.joining("a:\n")),
              "",
              ""));

  @ParameterizedTest
  @FieldSource("SHAPES")
  void aMegabyteOfAnythingIsReadOrRefused(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(bytes.length).isLessThanOrEqualTo(SIZE);

    ReadResult result = new DocumentReader().read(name, bytes);

    assertThat(problems(result)).hasSizeLessThanOrEqualTo(2 * Limits.DEFAULT.problems());
    assertThat(result.complete())
        .isEqualTo(result.problems().stream().noneMatch(HostileTextTest::isError));
    result.documents().forEach(HostileTextTest::assertInForceOrWithError);
    SourceText texts = SourceText.of(_ -> Optional.of(bytes));
    for (Problem problem : problems(result)) {
      String printed = new ProblemPrinter(texts, false).print(problem);
      assertThat(printed).hasSizeLessThan(4_000);
    }
  }

  @Test
  void twentyMegabytesAreRefusedUnread() {
    byte[] text = new byte[20 << 20];
    Arrays.fill(text, (byte) 0xff);

    ReadResult result = new DocumentReader().read("a.yaml", text);

    assertThat(messages(result)).containsExactly("a.yaml:1:1 a file of 20971520 bytes");
    assertThat(result.complete()).isFalse();
  }

  @Test
  void twoHundredThousandLevelsAreRefusedAndTheRestIsRead() {
    String text = NAMESPACE + "[".repeat(200_000) + "\n---\n" + WORKLOAD;

    ReadResult result = read(text);

    assertThat(messages(result)).containsExactly("a.yaml:5:101 nested more than 100 levels deep");
    assertThat(result.documents()).hasSize(2).allMatch(read -> read.document().isPresent());
    assertThat(result.complete()).isFalse();
  }

  @Test
  void aHundredLevelsAreRead() {
    ReadResult result = read("a: " + "[".repeat(99) + "]".repeat(99));

    assertThat(messages(result)).allMatch(message -> message.contains("missing required field"));
  }

  @Test
  void aHundredThousandDocumentsAreCountedOut() {
    Limits limits = Limits.DEFAULT.withTextBytes(Integer.MAX_VALUE);
    String text =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "apiVersion: v1\nkind: Namespace\nmetadata: {name: n" + i + "}\n")
            .collect(Collectors.joining("---\n"));

    ReadResult result =
        new DocumentReader(limits).read("a.yaml", text.getBytes(StandardCharsets.UTF_8));

    assertThat(result.problems()).isEmpty();
    assertThat(result.documents()).hasSize(100_000).allMatch(read -> read.document().isPresent());
  }

  @Test
  void problemsBeyondTheLimitAreCounted() {
    ReadResult result = read("x".repeat(3) + "\n---\n" + "a\n---\n".repeat(1_500));

    assertThat(result.problems()).hasSize(1_001);
    assertThat(result.problems().getLast().message()).isEqualTo("501 more problems in this file");
  }

  @Test
  void problemsOfOneDocumentBeyondTheLimitAreCounted() {
    String unknown =
        IntStream.range(0, 1_500).mapToObj(i -> "  f" + i + ": 1\n").collect(Collectors.joining());

    ReadResult result = read(WORKLOAD + unknown + "---\n" + WORKLOAD.replace("spec", "spek"));

    assertThat(result.documents()).hasSize(2);
    assertThat(result.documents().getFirst().problems()).hasSize(1_001);
    assertThat(result.documents().getFirst().problems().getLast().message())
        .isEqualTo("500 more problems in this document");
    assertThat(result.documents().getLast().problems()).isNotEmpty();
  }

  private static ReadResult read(String text) {
    return new DocumentReader().read("a.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  private static Arguments shape(String name, String head, String body, String tail) {
    int times = body.isEmpty() ? 0 : (SIZE - head.length() - tail.length()) / body.length();
    return Arguments.of(name, head + body.repeat(times) + tail);
  }

  private static List<Problem> problems(ReadResult result) {
    return Stream.concat(
            result.problems().stream(),
            result.documents().stream().flatMap(read -> read.problems().stream()))
        .toList();
  }

  private static List<String> messages(ReadResult result) {
    return problems(result).stream()
        .map(problem -> problem.position().orElseThrow() + " " + problem.message())
        .toList();
  }

  private static void assertInForceOrWithError(ReadDocument read) {
    assertThat(read.document().isPresent())
        .isEqualTo(read.problems().stream().noneMatch(HostileTextTest::isError));
  }

  private static boolean isError(Problem problem) {
    return problem.severity() == Severity.ERROR;
  }
}
