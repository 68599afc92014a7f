package io.sallyport.source.file;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Keeps files back until they stand still, each for itself: a reader that comes between two writes
/// of one editor would take half a policy for the whole, and half of one can grant more.
///
/// A file stands still when its stamp and its bytes are the same at two readings some time apart.
/// How long depends on how likely what was read first is only a part.
final class Settling {
  /// Between two readings of an ordinary file; longer than the tick of a file system's clock, so
  /// that a second write of the same size shows in the stamp.
  static final Duration QUIET = Duration.ofMillis(25);

  /// For YAML that ends within a line: a writer that works in blocks stops anywhere.
  static final Duration OPEN_ENDED = Duration.ofMillis(300);

  /// For a file that is empty and was not: `generate > file` empties it before it generates.
  static final Duration EMPTIED = Duration.ofSeconds(5);

  /// A file whose last change is as long ago is taken at the first reading.
  static final Duration OLD = Duration.ofSeconds(10);

  /// How long a file may go on changing before that is worth a word.
  static final Duration RESTLESS = Duration.ofSeconds(3);

  private final Map<String, Unsettled> unsettled = new HashMap<>();

  /// @param digest of the bytes at the first reading; empty where they changed meanwhile
  /// @param unrest since when it isn't as it was last taken
  /// @param since when it was first read as it is now
  /// @param due when to read it again
  private record Unsettled(
      Path path, Stamp stamp, String digest, Instant unrest, Instant since, Instant due) {
    boolean isAbout(Tree.Entry file) {
      return path.equals(file.path()) && stamp.equals(file.stamp());
    }
  }

  /// Whether to read a file now; if not, it was read as it is, a moment ago.
  boolean isDue(String unit, Tree.Entry file, Instant now) {
    Unsettled before = unsettled.get(unit);
    return before == null || !before.isAbout(file) || !now.isBefore(before.due);
  }

  /// Whether what was read just now may be taken.
  ///
  /// @param text empty where the file changed while it was read
  /// @param holdsDocuments whether the form taken last held any
  boolean isSettled(
      String unit, Tree.Entry file, Optional<FileText> text, boolean holdsDocuments, Instant now) {
    Unsettled before = unsettled.get(unit);
    String digest = text.map(FileText::digest).orElse("");
    boolean stoodStill =
        before != null
            && before.isAbout(file)
            && !digest.isEmpty()
            && before.digest.equals(digest)
            && !now.isBefore(before.due);
    Duration wait = text.map(read -> wait(unit, file, read, holdsDocuments, now)).orElse(QUIET);
    if (stoodStill || wait.isZero()) {
      unsettled.remove(unit);
      return true;
    }
    Instant unrest = before == null ? now : before.unrest;
    unsettled.put(
        unit, new Unsettled(file.path(), file.stamp(), digest, unrest, now, now.plus(wait)));
    return false;
  }

  /// A file is as it was taken last, or gone.
  void forget(String unit) {
    unsettled.remove(unit);
  }

  void retainAll(Collection<String> units) {
    unsettled.keySet().retainAll(units);
  }

  /// When the next file is due; empty where all stand still.
  Optional<Instant> due() {
    return unsettled.values().stream().map(Unsettled::due).min(Instant::compareTo);
  }

  /// The files that have been changing for too long to wait in silence.
  SortedSet<String> restless(Instant now) {
    SortedSet<String> restless = new TreeSet<>();
    unsettled.forEach((unit, file) -> {
      if (file.since.isAfter(file.unrest)
          && Duration.between(file.unrest, now).compareTo(RESTLESS) > 0) {
        restless.add(unit);
      }
    });
    return restless;
  }

  int size() {
    return unsettled.size();
  }

  private static Duration wait(
      String unit, Tree.Entry file, FileText text, boolean holdsDocuments, Instant now) {
    if (file.atomic()) {
      return Duration.ZERO;
    }
    byte[] bytes = text.bytes();
    if (bytes.length == 0 && holdsDocuments) {
      return EMPTIED;
    }
    if (file.stamp().changed().toInstant().plus(OLD).isBefore(now)) {
      return Duration.ZERO;
    }
    boolean json = unit.toLowerCase(Locale.ROOT).endsWith(".json");
    boolean openEnded = !json && bytes.length > 0 && bytes[bytes.length - 1] != '\n';
    return openEnded ? OPEN_ENDED : QUIET;
  }
}
