package io.sallyport.source.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How much is read at most, so that no folder can exhaust memory or time.
///
/// @param fileBytes the size of one file; a larger one isn't opened
/// @param folderBytes the size of all files of all roots together
/// @param files how many files of all roots are read
/// @param entries how many directory entries of any name are looked at below one root
/// @param depth how deep directories nest below a root
public record FolderLimits(long fileBytes, long folderBytes, int files, int entries, int depth) {
  public static final FolderLimits DEFAULT =
      new FolderLimits(1 << 20, 64 << 20, 10_000, 100_000, 32);

  /// Takes out of `tree` what is beyond the limits. Where there is too much in all, what was
  /// `known` before goes first, the rest in the order of the names.
  void apply(Tree tree, Set<String> known) {
    List<Map.Entry<String, Tree.Entry>> order = new ArrayList<>(tree.files.entrySet());
    order.sort(Comparator.comparing(file -> !known.contains(file.getKey())));
    List<String> strangers = new ArrayList<>();
    String why = "over the limit of " + files + " files and " + folderBytes + " bytes in all";
    long bytes = 0;
    int count = 0;
    for (Map.Entry<String, Tree.Entry> file : order) {
      String unit = file.getKey();
      long size = file.getValue().stamp().size();
      if (size > fileBytes) {
        lose(tree, unit, size + " bytes, expected at most " + fileBytes);
      } else if (count < files && bytes + size <= folderBytes) {
        bytes += size;
        count++;
      } else if (known.contains(unit)) {
        lose(tree, unit, why);
      } else {
        strangers.add(unit);
      }
    }
    tree.files.keySet().removeAll(new HashSet<>(strangers));
    if (!strangers.isEmpty()) {
      // one word for all of them: there may be very many
      String others = strangers.size() == 1 ? "" : " (so are " + (strangers.size() - 1) + " more)";
      lose(tree, strangers.getFirst(), why + others);
    }
  }

  private static void lose(Tree tree, String unit, String why) {
    tree.files.remove(unit);
    tree.lost.put(unit, FileProblems.error(unit, why));
  }
}
