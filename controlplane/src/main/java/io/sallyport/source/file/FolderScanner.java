package io.sallyport.source.file;

import io.sallyport.mesh.Change;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.read.ReadResult;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Turns what is in the roots into changes, step by step: a step looks at everything, reads what
/// looks different from what it took before, and tells the difference. It needs no notice of what
/// happened in between, so a lost or a superfluous notice does no harm. Not thread-safe.
///
/// - A file or a directory that is gone from a root is deleted, and with it what it held.
/// - A root that is missing or can't be listed keeps what it held: a volume that isn't mounted is
///   no decision about policy. The same for every file and directory that is there but can't be
///   read.
final class FolderScanner {
  private static final int ATTEMPTS = 5;

  private final String source;
  private final List<Path> roots;
  private final FolderLimits limits;
  private final TextReader reader;
  private final InstantSource clock;

  private final DocumentLedger ledger;
  private final Settling settling = new Settling();
  private final Map<String, Taken> taken = new HashMap<>();
  private final Map<String, Long> devices = new HashMap<>();
  private Optional<Tree> last = Optional.empty();
  private boolean complete;
  private long filesRead;

  /// The form of a file that the ledger knows.
  private record Taken(Path path, Stamp stamp, String digest) {
    boolean isAbout(Tree.Entry file) {
      return path.equals(file.path()) && stamp.equals(file.stamp());
    }
  }

  /// What a step gave.
  ///
  /// @param changes what is new, as one batch
  /// @param again when a file that was seen changing is to be looked at again; empty where none was
  /// @param directories those that were read, by real path, with what tells one from another of the
  ///   same name
  /// @param waitingFor what is missing before everything was read once; empty once it was
  record Step(
      List<Change> changes,
      Optional<Duration> again,
      Map<Path, String> directories,
      Optional<String> waitingFor) {}

  FolderScanner(
      String source,
      List<Path> roots,
      FolderLimits limits,
      TextReader reader,
      InstantSource clock) {
    this.source = source;
    this.roots = List.copyOf(roots);
    this.limits = limits;
    this.reader = reader;
    this.clock = clock;
    this.ledger = new DocumentLedger(source);
  }

  /// How often a file was opened so far.
  long filesRead() {
    return filesRead;
  }

  Step step() {
    for (int attempt = 1; ; attempt++) {
      Tree tree = TreeWalk.walk(roots, limits);
      loseUnmounted(tree);
      limits.apply(tree, ledger.units());
      Map<String, Fresh> fresh = read(tree);
      if (tree.holds()) {
        last = Optional.of(tree);
        return apply(tree, fresh);
      }
      if (attempt == ATTEMPTS) {
        Optional<String> why = Optional.of("links keep changing where they lead");
        return new Step(
            List.of(),
            Optional.of(Settling.QUIET),
            tree.directories,
            complete ? Optional.empty() : why);
      }
    }
  }

  /// Looks again at the files that the last step saw changing, and at nothing else: what is not as
  /// it was then is left to the next step.
  Step recheck() {
    if (last.isEmpty()) {
      return step();
    }
    Tree tree = last.get();
    Map<String, Fresh> fresh = read(tree);
    return tree.holds() ? apply(tree, fresh) : step();
  }

  /// What was read of a file that stands still.
  ///
  /// @param result empty where the bytes are those taken before
  private record Fresh(Taken taken, Optional<ReadResult> result) {}

  private Map<String, Fresh> read(Tree tree) {
    Instant now = clock.instant();
    Map<String, Fresh> fresh = new TreeMap<>();
    tree.files.forEach((unit, file) -> {
      Taken before = taken.get(unit);
      if (before != null && before.isAbout(file)) {
        settling.forget(unit);
      } else if (settling.isDue(unit, file, now)) {
        try {
          read(unit, file, now).ifPresent(read -> fresh.put(unit, read));
        } catch (NoSuchFileException _) {
          settling.forget(unit); // the next step finds out whether it is gone for good
        } catch (IOException e) {
          settling.forget(unit);
          tree.lost.put(unit, FileProblems.error(unit, FileProblems.reason(e)));
        }
      }
    });
    return fresh;
  }

  private Optional<Fresh> read(String unit, Tree.Entry file, Instant now) throws IOException {
    filesRead++;
    Optional<FileText> text = FileText.read(file, limits.fileBytes());
    if (!settling.isSettled(unit, file, text, ledger.holdsDocuments(unit), now) || text.isEmpty()) {
      return Optional.empty();
    }
    FileText read = text.get();
    Taken before = taken.get(unit);
    boolean same = before != null && before.digest.equals(read.digest());
    return Optional.of(
        new Fresh(
            new Taken(file.path(), file.stamp(), read.digest()),
            same ? Optional.empty() : Optional.of(reader.read(unit, read.bytes()))));
  }

  private Step apply(Tree tree, Map<String, Fresh> fresh) {
    for (String unit : List.copyOf(ledger.units())) {
      if (!tree.files.containsKey(unit) && !tree.isLost(unit)) {
        ledger.remove(unit);
        taken.remove(unit);
      }
    }
    settling.retainAll(tree.files.keySet());
    fresh.forEach((unit, read) -> {
      taken.put(unit, read.taken);
      read.result.ifPresent(result -> ledger.accept(unit, result));
    });
    for (String unit : settling.restless(clock.instant())) {
      tree.lost.put(unit, FileProblems.error(unit, "keeps changing, can't be read between"));
    }
    ledger.lose(tree.lost);
    devices.putAll(tree.devices);
    List<Change> changes = new ArrayList<>(ledger.changes());
    Optional<String> waitingFor = waitingFor(tree);
    if (!complete && waitingFor.isEmpty()) {
      complete = true;
      changes.add(new Change.Resync(source));
    }
    Optional<Duration> again =
        settling.due().map(due -> positive(Duration.between(clock.instant(), due)));
    return new Step(changes, again, tree.directories, waitingFor);
  }

  /// A root that is empty, and not on the file system that it was on, is a mount point without its
  /// volume.
  private void loseUnmounted(Tree tree) {
    tree.devices.forEach((root, device) -> {
      Long before = devices.get(root);
      if (before != null && !before.equals(device) && isEmpty(tree, root)) {
        tree.lost.put(
            root, FileProblems.error(root, "empty, and on another file system than before"));
      }
    });
    tree.devices.keySet().removeAll(tree.lost.keySet());
  }

  private static boolean isEmpty(Tree tree, String root) {
    return tree.files.keySet().stream().noneMatch(unit -> unit.startsWith(root + "/"));
  }

  private Optional<String> waitingFor(Tree tree) {
    if (complete) {
      return Optional.empty();
    }
    for (Path root : roots) {
      Problem problem = tree.lost.get(TreeWalk.unit(root));
      if (problem != null) {
        return Optional.of(problem.message());
      }
    }
    long settled = settling.size() - settling.restless(clock.instant()).size();
    return settled == 0 ? Optional.empty() : Optional.of(settled + " files are being written");
  }

  private static Duration positive(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
