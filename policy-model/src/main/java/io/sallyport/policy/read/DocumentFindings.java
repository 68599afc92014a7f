package io.sallyport.policy.read;

import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What binding one document brings to light besides its values: where each field stands, and what
/// is wrong.
final class DocumentFindings {
  private final int maxProblems;
  private final Map<FieldPath, Position> positions = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private Optional<ResourceKey> resource = Optional.empty();
  private int leftOut;
  private boolean hasErrors;

  DocumentFindings(int maxProblems) {
    this.maxProblems = maxProblems;
  }

  /// From here on, the document has a name.
  void named(ResourceKey key) {
    resource = Optional.of(key);
  }

  void place(FieldPath field, Position position) {
    positions.put(field, position);
  }

  void error(String message, Position position, FieldPath field, String help) {
    report(Severity.ERROR, message, position, field, help, List.of());
  }

  void warning(String message, Position position, FieldPath field, String help) {
    report(Severity.WARNING, message, position, field, help, List.of());
  }

  void report(
      Severity severity,
      String message,
      Position position,
      FieldPath field,
      String help,
      List<Problem.Related> related) {
    add(
        new Problem(
            severity, message, Optional.of(position), field, Optional.empty(), help, related));
  }

  void add(Problem problem) {
    hasErrors |= problem.severity() == Severity.ERROR;
    if (!isFull()) {
      problems.add(problem);
    } else {
      leftOut++;
    }
  }

  /// Whether further problems are only counted.
  boolean isFull() {
    return problems.size() >= Math.max(1, maxProblems);
  }

  boolean hasErrors() {
    return hasErrors;
  }

  Map<FieldPath, Position> positions() {
    return positions;
  }

  /// All problems, each with the name of the document, where it has one.
  List<Problem> problems() {
    List<Problem> named = new ArrayList<>();
    for (Problem problem : problems) {
      String message = problem.message();
      named.add(
          new Problem(
              problem.severity(),
              message,
              problem.position(),
              problem.field(),
              resource,
              problem.help(),
              problem.related()));
    }
    named.sort(null);
    if (leftOut > 0) {
      named.add(
          new Problem(
              hasErrors ? Severity.ERROR : Severity.WARNING,
              leftOut + " more problems in this document",
              problems.getLast().position(),
              FieldPath.ROOT,
              resource,
              "",
              List.of()));
    }
    return named;
  }
}
