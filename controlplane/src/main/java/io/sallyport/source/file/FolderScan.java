package io.sallyport.source.file;

import io.sallyport.policy.read.DocumentReader;
import io.sallyport.policy.read.ReadResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Files and directories, read once: for commands that work without a control plane. The rules are
/// those of [FileSource], save that nothing was there before.
public final class FolderScan {
  private static final int ATTEMPTS = 5;

  private FolderScan() {}

  /// Reads files (whatever their names) and directories.
  ///
  /// @return by file, under the name that `paths` gives it; what could not be read is there too, as
  ///   a problem
  public static SortedMap<String, ReadResult> read(List<Path> paths) {
    return read(paths, FolderLimits.DEFAULT, new DocumentReader()::read);
  }

  static SortedMap<String, ReadResult> read(
      List<Path> paths, FolderLimits limits, TextReader reader) {
    for (int attempt = 1; ; attempt++) {
      Tree tree = TreeWalk.walkFilesToo(paths, limits);
      limits.apply(tree, Set.of());
      boolean last = attempt == ATTEMPTS;
      Optional<SortedMap<String, ReadResult>> results = read(tree, limits, reader, last);
      if (results.isPresent() && (last || tree.holds())) {
        return results.get();
      }
    }
  }

  private static Optional<SortedMap<String, ReadResult>> read(
      Tree tree, FolderLimits limits, TextReader reader, boolean last) {
    SortedMap<String, ReadResult> results = new TreeMap<>();
    for (Map.Entry<String, Tree.Entry> file : tree.files.entrySet()) {
      String unit = file.getKey();
      try {
        Optional<FileText> text = FileText.read(file.getValue(), limits.fileBytes());
        if (text.isPresent()) {
          results.put(unit, reader.read(unit, text.get().bytes()));
        } else if (last) {
          tree.lost.put(unit, FileProblems.error(unit, "keeps changing, can't be read between"));
        } else {
          return Optional.empty();
        }
      } catch (IOException e) {
        tree.lost.put(unit, FileProblems.error(unit, FileProblems.reason(e)));
      }
    }
    tree.lost.forEach(
        (unit, problem) -> results.put(unit, new ReadResult(List.of(), List.of(problem), false)));
    return Optional.of(results);
  }
}
