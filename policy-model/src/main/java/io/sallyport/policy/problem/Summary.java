package io.sallyport.policy.problem;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How it went, in one line.
///
/// @param documents how many documents were read
/// @param documentsInError how many of them have errors
/// @param textsInError how many texts hold something that could not be named
public record Summary(
    int errors, int warnings, int documents, int documentsInError, int textsInError) {
  /// @param documents how many documents were read
  public static Summary of(List<Problem> problems, int documents) {
    int errors = 0;
    int warnings = 0;
    Set<Object> inError = new HashSet<>();
    Set<String> texts = new HashSet<>();
    for (Problem problem : problems) {
      switch (problem.severity()) {
        case ERROR -> {
          errors++;
          if (problem.resource().isPresent()) {
            inError.add(problem.resource().get());
          } else {
            problem.position().ifPresent(at -> texts.add(at.file()));
          }
        }
        case WARNING -> warnings++;
        case NOTE -> {}
      }
    }
    return new Summary(errors, warnings, documents, inError.size(), texts.size());
  }

  /// For example `2 errors in 2 of 14 documents`.
  @Override
  public String toString() {
    String found =
        count(errors, "error") + (warnings > 0 ? " and " + count(warnings, "warning") : "");
    List<String> where = new ArrayList<>();
    if (documentsInError > 0) {
      where.add("in " + documentsInError + " of " + count(documents, "document"));
    } else if (textsInError == 0) {
      where.add("in " + count(documents, "document"));
    }
    if (textsInError > 0) {
      where.add("in " + count(textsInError, "file") + " that could not be read whole");
    }
    return found + " " + String.join(" and ", where);
  }

  private static String count(int count, String what) {
    return (count == 0 ? "no" : String.valueOf(count)) + " " + what + (count == 1 ? "" : "s");
  }
}
