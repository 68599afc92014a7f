package io.sallyport.source.file;

import io.sallyport.policy.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one walk over all roots found. A *unit* is a file or directory by the name under which
/// people know it: the root as they named it, and the way down from there.
final class Tree {
  /// The documents' files by unit.
  final SortedMap<String, Entry> files = new TreeMap<>();

  /// The units of which nothing can be known now, and why; a directory stands for all below it.
  final SortedMap<String, Problem> lost = new TreeMap<>();

  /// The device that each readable root is on, by its unit.
  final Map<String, Long> devices = new LinkedHashMap<>();

  /// The directories that were read, by real path, with the key of their stamp.
  final Map<Path, String> directories = new LinkedHashMap<>();

  private final List<Pin> pins = new ArrayList<>();

  /// A file to read.
  ///
  /// @param path where to read it; contains no link
  /// @param atomic whether it came into its place in one step with all its neighbours, as the files
  ///   behind `..data` do
  record Entry(Path path, Stamp stamp, boolean atomic) {}

  /// A link and where it led during the walk.
  private record Pin(Path link, Path target) {}

  /// Resolves a path that may be a link, or go through one, and remembers where it led.
  Path pin(Path link) throws IOException {
    Path target = link.toRealPath();
    pins.add(new Pin(link, target));
    return target;
  }

  /// Whether every link still leads where it led. If not, the walk may have seen one half of what
  /// was there before a swap and the other half of what came after.
  boolean holds() {
    for (Pin pin : pins) {
      try {
        if (!pin.link.toRealPath().equals(pin.target)) {
          return false;
        }
      } catch (IOException _) {
        return false;
      }
    }
    return true;
  }

  /// Whether nothing can be known of `unit`, since it or a directory above it is lost.
  boolean isLost(String unit) {
    for (String at = unit; ; at = at.substring(0, at.lastIndexOf('/'))) {
      if (lost.containsKey(at)) {
        return true;
      }
      if (at.lastIndexOf('/') < 0) {
        return false;
      }
    }
  }
}
