package io.sallyport.source.file;

import io.sallyport.mesh.Change;
import io.sallyport.policy.problem.Problem;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a source has told, folded as a reader of changes folds it.
final class Told {
  /// The value in force of each document.
  final SortedMap<String, String> inForce = new TreeMap<>();

  /// The documents said to be invalid, with the messages.
  final SortedMap<String, String> invalid = new TreeMap<>();

  /// What is said of each unit.
  final SortedMap<String, String> findings = new TreeMap<>();

  int resyncs;

  void apply(List<Change> changes) {
    for (Change change : changes) {
      switch (change) {
        case Change.Upsert upsert -> {
          String name = upsert.document().key().name();
          String value = upsert.document().resource().metadata().labels().get("value");
          inForce.put(name, value == null ? "" : value);
          invalid.remove(name);
        }
        case Change.Invalid said -> invalid.put(said.key().name(), messages(said.problems()));
        case Change.Delete delete -> {
          inForce.remove(delete.key().name());
          invalid.remove(delete.key().name());
        }
        case Change.Findings said -> {
          if (said.problems().isEmpty()) {
            findings.remove(said.unit());
          } else {
            findings.put(said.unit(), messages(said.problems()));
          }
        }
        case Change.Resync _ -> resyncs++;
      }
    }
  }

  private static String messages(List<Problem> problems) {
    return problems.stream().map(Problem::message).collect(Collectors.joining("; "));
  }
}
