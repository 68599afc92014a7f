package io.sallyport.source.file;

import io.sallyport.mesh.Change;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A scanner that a test drives by hand, over a folder that the test writes, with a clock that only
/// the test moves.
final class Scanning {
  final Path root;
  final Told told = new Told();
  final LineReader reader = new LineReader();
  private Instant now = Instant.now();
  private final FolderScanner scanner;

  Scanning(Path root) {
    this(root, FolderLimits.DEFAULT);
  }

  Scanning(Path root, FolderLimits limits) {
    this.root = root;
    this.scanner = new FolderScanner("file:test", List.of(root), limits, reader, () -> now);
  }

  void advance(Duration duration) {
    now = now.plus(duration);
  }

  FolderScanner.Step step() {
    FolderScanner.Step step = scanner.step();
    told.apply(step.changes());
    return step;
  }

  void recheck() {
    told.apply(scanner.recheck().changes());
  }

  /// Steps until every file stands still, and returns what the last steps told.
  List<Change> settle() {
    FolderScanner.Step step = step();
    Stream.Builder<Change> changes = Stream.builder();
    step.changes().forEach(changes);
    for (int steps = 0; step.again().isPresent(); steps++) {
      if (steps > 100) {
        throw new AssertionError("never stands still");
      }
      advance(step.again().get());
      step = step();
      step.changes().forEach(changes);
    }
    return changes.build().toList();
  }

  long filesRead() {
    return scanner.filesRead();
  }

  /// The unit of a file below the root.
  String unit(String file) {
    return root + "/" + file;
  }

  Path write(String file, String text) {
    try {
      Path path = root.resolve(file);
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      return Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String file) throws IOException {
    deleteTree(root.resolve(file));
  }

  void move(String from, String to) throws IOException {
    Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  Path link(String link, String target) throws IOException {
    return Files.createSymbolicLink(root.resolve(link), Path.of(target));
  }

  /// Deletes a tree; one that is not there is fine.
  static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
