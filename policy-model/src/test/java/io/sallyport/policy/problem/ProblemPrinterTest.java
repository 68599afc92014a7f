package io.sallyport.policy.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProblemPrinterTest {
  private static final ResourceKey KEY = new ResourceKey(Kind.WORKLOAD_ENTRY, "mytest", "sleep-a");

  @Test
  void withItsText() {
    assertThat(print("spec:\n  adress: 127.0.1.1 # home\n", problem(2, 3)))
        .isEqualTo(
            """
            error: unknown field
             --> a.yaml:2:3
              |
            2 |   adress: 127.0.1.1 # home
              |   ^^^^^^ in spec of WorkloadEntry mytest/sleep-a
              = do better
            """);
  }

  @Test
  void withoutItsText() {
    assertThat(new ProblemPrinter(SourceText.NONE, false).print(problem(12, 3)))
        .isEqualTo(
            """
            error: unknown field
              --> a.yaml:12:3
               = in spec of WorkloadEntry mytest/sleep-a
               = do better
            """);
  }

  @Test
  void withoutAnyPlace() {
    Problem nowhere =
        new Problem(
            Severity.WARNING,
            "no such directory",
            Optional.empty(),
            FieldPath.ROOT,
            Optional.empty(),
            "",
            List.of());

    assertThat(print("", nowhere)).isEqualTo("warning: no such directory\n");
  }

  @Test
  void aPlaceThatIsNotInTheTextAnyMore() {
    assertThat(print("a: b\n", problem(7, 1))).doesNotContain("|");
    assertThat(print("a: b\n", problem(1, 99)))
        .contains("1 | a: b\n", "  |     ^ in spec of WorkloadEntry mytest/sleep-a\n");
  }

  @Test
  void theMarkIsAsWideAsTheToken() {
    assertThat(mark("a: b c # d", 4)).isEqualTo("^^^");
    assertThat(mark("a: \"b, c\" # d", 4)).isEqualTo("^^^^^^");
    assertThat(mark("a: \"b", 4)).isEqualTo("^^");
    assertThat(mark("{a: [b, c]}", 9)).isEqualTo("^");
    assertThat(mark("a:b: c", 1)).isEqualTo("^^^");
    assertThat(mark("a: 😀😀", 4)).isEqualTo("^^");
    assertThat(mark("a:", 3)).isEqualTo("^");
  }

  @Test
  void aLongLineIsCutAroundTheMark() {
    String printed = print("x".repeat(500) + " here " + "y".repeat(500), problem(1, 502));

    assertThat(printed).contains("1 | …" + "x".repeat(39) + " here " + "y".repeat(55) + "…\n");
    assertThat(printed).contains("  | " + " ".repeat(41) + "^^^^");
  }

  @Test
  void nothingThatATerminalObeysIsPrinted() {
    String evil = "\u001b[2J\u0007\u009b31m\r\u202e\u200b";
    Problem problem =
        new Problem(
            Severity.ERROR,
            "message" + evil,
            Optional.of(new Position("file" + evil, 1, 1)),
            new FieldPath("field" + evil),
            Optional.of(new ResourceKey(Kind.NAMESPACE, evil, evil)),
            "help" + evil,
            List.of(new Problem.Related(new Position(evil, 1, 1), evil)));
    byte[] text = ("a: " + evil + "\tb").getBytes(StandardCharsets.UTF_8);

    String printed =
        new ProblemPrinter(SourceText.of(_ -> Optional.of(text)), false).print(problem);

    assertThat(printed).matches("[\\n -~…\u00a1-\u01ff\ufffd]*").contains("message\\x1b[2J\\x07");
  }

  @Test
  void coloursOnlyWhereTheyAreWanted() {
    SourceText text = SourceText.of(_ -> Optional.of("  a: b".getBytes(StandardCharsets.UTF_8)));

    String plain = new ProblemPrinter(text, false).print(problem(1, 3));
    String coloured = new ProblemPrinter(text, true).print(problem(1, 3));

    assertThat(plain).doesNotContain("\u001b");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]+m", "")).isEqualTo(plain);
    assertThat(coloured).contains("\u001b[1;31merror:\u001b[0m");
  }

  @Test
  void linesEndAsThePositionsOfTheReaderSay() {
    SourceText text =
        SourceText.of(_ -> Optional.of("\ufeffa\r\nb\rc\nd".getBytes(StandardCharsets.UTF_8)));

    assertThat(text.line(new Position("a", 1, 1))).contains("a");
    assertThat(text.line(new Position("a", 2, 1))).contains("b");
    assertThat(text.line(new Position("a", 3, 1))).contains("c");
    assertThat(text.line(new Position("a", 4, 1))).contains("d");
    assertThat(text.line(new Position("a", 5, 1))).isEmpty();
    assertThat(text.line(new Position("a", 0, 1))).isEmpty();
  }

  @Test
  void summaries() {
    assertThat(new Summary(0, 0, 0, 0, 0)).hasToString("no errors in no documents");
    assertThat(new Summary(0, 1, 14, 0, 0)).hasToString("no errors and 1 warning in 14 documents");
    assertThat(new Summary(2, 0, 14, 2, 0)).hasToString("2 errors in 2 of 14 documents");
    assertThat(new Summary(3, 2, 14, 2, 1))
        .hasToString(
            "3 errors and 2 warnings in 2 of 14 documents and in 1 file that could not be read"
                + " whole");
    assertThat(new Summary(1, 0, 14, 0, 1))
        .hasToString("1 error in 1 file that could not be read whole");
  }

  private static String mark(String line, int column) {
    return print(line, problem(1, column)).replaceAll("(?s).*\\| *(\\^+).*", "$1");
  }

  private static String print(String text, Problem problem) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ProblemPrinter(SourceText.of(_ -> Optional.of(bytes)), false).print(problem);
  }

  private static Problem problem(int line, int column) {
    return new Problem(
        Severity.ERROR,
        "unknown field",
        Optional.of(new Position("a.yaml", line, column)),
        new FieldPath("spec"),
        Optional.of(KEY),
        "do better",
        List.of());
  }
}
