package io.sallyport.e2e.playground;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/// Prints the results as they come, in columns of fixed width.
final class Table {
  private static final List<String> HEADINGS =
      List.of("policy", "from", "request", "expected", "got", "decided by");
  private static final List<Integer> WIDTHS = List.of(22, 8, 33, 24, 24, 1);
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintWriter out;
  private final boolean colour;

  Table(PrintWriter out, boolean colour) {
    this.out = out;
    this.colour = colour;
  }

  void heading() {
    out.println();
    out.println("    " + row(HEADINGS));
    out.flush();
  }

  void print(Walk.Result result) {
    Step step = result.step();
    String time =
        result.enforcedAfter().map(after -> "  (" + words(after) + " after the change)").orElse("");
    String mark = result.asExpected() ? "✓" : "✗";
    if (colour) {
      mark = (result.asExpected() ? GREEN : RED) + mark + PLAIN;
    }
    out.println(
        "  "
            + mark
            + " "
            + row(
                List.of(
                    step.policy(),
                    step.from().toString(),
                    step.request().toString(),
                    step.expected().toString(),
                    result.got(),
                    result.decidedBy() + time)));
    out.flush();
  }

  private static String row(List<String> cells) {
    StringBuilder row = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      row.append(String.format("%-" + WIDTHS.get(i) + "s", cells.get(i))).append("  ");
    }
    return row.toString().stripTrailing();
  }

  static String words(Duration duration) {
    return duration.toMillis() < 1000
        ? duration.toMillis() + " ms"
        : "%.1f s".formatted(duration.toMillis() / 1000.0);
  }
}
