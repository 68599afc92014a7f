package io.sallyport.policy.problem;

import io.sallyport.policy.Position;
import java.util.List;

/// Shows problems to a person: what is wrong, where, the line with a mark under the culprit, and
/// what to do.
///
/// ```
/// error: unknown field `workloadSelectors`
///   --> egress/httpbin.yaml:12:11
///    |
/// 12 |           workloadSelectors:
///    |           ^^^^^^^^^^^^^^^^^ in spec.egressRules[0].from[0] of ASMEgressTrafficPolicy a/b
///    = did you mean `workloadSelector`?
/// ```
///
/// Whatever a hostile text holds, what is printed has no control characters but line feeds and,
/// where they were asked for, our own colours.
public final class ProblemPrinter {
  private static final int LONGEST_MESSAGE = 500;

  private final SourceText texts;
  private final boolean colour;

  public ProblemPrinter(SourceText texts, boolean colour) {
    this.texts = texts;
    this.colour = colour;
  }

  /// All problems, each followed by an empty line.
  public String print(List<Problem> problems) {
    StringBuilder out = new StringBuilder();
    for (Problem problem : problems) {
      out.append(print(problem)).append('\n');
    }
    return out.toString();
  }

  /// One problem; ends with a line feed.
  public String print(Problem problem) {
    StringBuilder out = new StringBuilder();
    out.append(style(problem.severity(), severity(problem.severity()) + ":"));
    out.append(' ').append(bold(Printable.cut(problem.message(), LONGEST_MESSAGE))).append('\n');
    String margin =
        " ".repeat(problem.position().map(at -> String.valueOf(at.line()).length()).orElse(1));
    String about = about(problem);
    if (problem.position().isPresent()) {
      Position at = problem.position().get();
      out.append(margin).append(frame("--> ")).append(place(at)).append('\n');
      about = snippet(out, margin, at, about);
    }
    for (Problem.Related related : problem.related()) {
      out.append(margin).append(frame("--> ")).append(place(related.position()));
      texts
          .line(related.position())
          .map(line -> SourceSnippet.of(line, related.position().column()).line().strip())
          .ifPresent(text -> out.append("   ").append(text));
      out.append("   (").append(Printable.cut(related.note(), LONGEST_MESSAGE)).append(")\n");
    }
    if (!about.isEmpty()) {
      out.append(margin).append(frame(" = ")).append(about).append('\n');
    }
    if (!problem.help().isEmpty()) {
      String help = Printable.cut(problem.help(), LONGEST_MESSAGE);
      out.append(margin).append(frame(" = ")).append(help).append('\n');
    }
    return out.toString();
  }

  /// Appends the line with its mark, where the text is at hand; returns what is still to be said.
  private String snippet(StringBuilder out, String margin, Position at, String about) {
    return texts
        .line(at)
        .filter(line -> !line.isBlank())
        .map(line -> SourceSnippet.of(line, at.column()))
        .map(snippet -> {
          out.append(margin).append(frame(" |")).append('\n');
          out.append(frame(at.line() + " | ")).append(snippet.line()).append('\n');
          out.append(margin).append(frame(" | ")).append(" ".repeat(snippet.indent()));
          out.append(bold("^".repeat(snippet.width())));
          out.append(about.isEmpty() ? "" : " " + about).append('\n');
          return "";
        })
        .orElse(about);
  }

  private static String about(Problem problem) {
    String field = Printable.cut(problem.field().text(), LONGEST_MESSAGE);
    String resource =
        problem.resource().map(key -> Printable.cut(key.toString(), LONGEST_MESSAGE)).orElse("");
    if (field.isEmpty() || resource.isEmpty()) {
      return field.isEmpty() && resource.isEmpty() ? "" : "in " + field + resource;
    }
    return "in " + field + " of " + resource;
  }

  private static String place(Position at) {
    return Printable.text(at.file()) + ":" + at.line() + ":" + at.column();
  }

  private static String severity(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case NOTE -> "note";
    };
  }

  private String style(Severity severity, String text) {
    return switch (severity) {
      case ERROR -> colour("1;31", text);
      case WARNING -> colour("1;33", text);
      case NOTE -> colour("1;36", text);
    };
  }

  private String bold(String text) {
    return colour("1", text);
  }

  private String frame(String text) {
    return colour("34", text);
  }

  private String colour(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
