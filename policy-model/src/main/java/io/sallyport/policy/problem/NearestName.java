package io.sallyport.policy.problem;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// What a user probably meant.
public final class NearestName {
  private static final int LONGEST = 60;

  private NearestName() {}

  /// The known name that takes the fewest edits to reach, where that is at most a third of its
  /// letters; upper and lower case are the same. Of equally near ones, the first.
  public static Optional<String> to(String written, Collection<String> known) {
    if (written.length() > LONGEST) {
      return Optional.empty();
    }
    String wanted = written.toLowerCase(Locale.ROOT);
    Optional<String> nearest = Optional.empty();
    int fewest = Integer.MAX_VALUE;
    for (String name : known) {
      int edits = distance(wanted, name.toLowerCase(Locale.ROOT));
      if (edits < fewest && edits <= Math.max(1, name.length() / 3)) {
        fewest = edits;
        nearest = Optional.of(name);
      }
    }
    return nearest;
  }

  /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
  public static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int substitution = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        edits[i][j] = Math.min(substitution, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[a.length()][b.length()];
  }
}
