package io.sallyport.policy.read;

import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.read.DocumentBinder.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What reading one text brings to light, document by document.
final class TextFindings {
  private final String file;
  private final int maxProblems;
  private final List<ReadDocument> documents = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private boolean complete = true;
  private int kept;
  private int leftOut;
  private Severity worstLeftOut = Severity.NOTE;

  TextFindings(String file, int maxProblems) {
    this.file = file;
    this.maxProblems = maxProblems;
  }

  /// How many problems may still be kept.
  int problemsLeft() {
    return Math.max(0, maxProblems - kept);
  }

  void add(Outcome outcome) {
    switch (outcome) {
      case Outcome.Named(ReadDocument document) -> {
        documents.add(document);
        kept += document.problems().size();
      }
      case Outcome.Unnamed(List<Problem> found) -> {
        complete = false;
        found.forEach(this::add);
      }
      case Outcome.Skipped(Problem note) -> add(note);
    }
  }

  /// The text as a whole says nothing.
  void unreadable(String message, int line, int column, String help) {
    complete = false;
    add(problem(Severity.ERROR, message, new Position(file, line, column), help));
  }

  ReadResult result() {
    if (leftOut > 0) {
      Position last = problems.isEmpty() ? new Position(file, 1, 1) : lastPosition();
      problems.add(problem(worstLeftOut, leftOut + " more problems in this file", last, ""));
    }
    return new ReadResult(documents, problems, complete);
  }

  private void add(Problem problem) {
    if (problemsLeft() > 0) {
      problems.add(problem);
      kept++;
    } else {
      leftOut++;
      if (problem.severity().compareTo(worstLeftOut) < 0) {
        worstLeftOut = problem.severity();
      }
    }
  }

  private Position lastPosition() {
    return problems.getLast().position().orElse(new Position(file, 1, 1));
  }

  private static Problem problem(
      Severity severity, String message, Position position, String help) {
    return new Problem(
        severity,
        message,
        Optional.of(position),
        FieldPath.ROOT,
        Optional.empty(),
        help,
        List.of());
  }
}
