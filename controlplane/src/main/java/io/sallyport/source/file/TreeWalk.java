package io.sallyport.source.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Walks the roots once, without opening a file.
///
/// A directory that Kubernetes writes (a mounted ConfigMap) holds its files in `..TIMESTAMP/`, a
/// link `..data` to that, and for each file a link through `..data`; a change replaces `..data`
/// alone. There the walk reads what `..data` leads to, once resolved, and passes the other links
/// by: so it sees one generation, whole, whenever it comes.
///
/// Every other link is followed after all that is reachable without one, so that nothing is found
/// twice, and only inside its root.
final class TreeWalk {
  private static final String PAYLOAD = "..data";

  private final FolderLimits limits;
  private final Tree tree = new Tree();
  private final Set<Path> walked = new HashSet<>();
  private final Set<Path> found = new HashSet<>();
  private final Deque<Link> links = new ArrayDeque<>();
  private int entries;

  private record Link(Path path, String unit, int depth, boolean atomic) {}

  /// More directory entries than the limit allows.
  private static final class TooManyEntriesException extends IOException {
    private static final long serialVersionUID = 1;
  }

  private TreeWalk(FolderLimits limits) {
    this.limits = limits;
  }

  static Tree walk(List<Path> roots, FolderLimits limits) {
    TreeWalk walk = new TreeWalk(limits);
    roots.forEach(walk::root);
    return walk.tree;
  }

  /// As [#walk], but a root may be a file, of any name.
  static Tree walkFilesToo(List<Path> roots, FolderLimits limits) {
    TreeWalk walk = new TreeWalk(limits);
    for (Path root : roots) {
      if (Files.exists(root) && !Files.isDirectory(root)) {
        walk.rootFile(root);
      } else {
        walk.root(root);
      }
    }
    return walk.tree;
  }

  private void rootFile(Path root) {
    String unit = unit(root);
    try {
      Path real = tree.pin(root);
      file(real, unit, Stamp.of(real), false);
    } catch (IOException e) {
      lose(unit, FileProblems.reason(e));
    }
  }

  /// The unit of a root: as it was named.
  static String unit(Path root) {
    return FileNames.shown(root.toString());
  }

  private void root(Path root) {
    String unit = unit(root);
    entries = 0;
    try {
      Path real = tree.pin(root);
      Stamp stamp = Stamp.of(real);
      directory(real, unit, 0, false);
      while (!links.isEmpty()) {
        follow(links.remove(), real, unit);
      }
      tree.devices.put(unit, stamp.device());
    } catch (TooManyEntriesException e) {
      tree.files.keySet().removeIf(file -> file.startsWith(unit + "/"));
      lose(unit, "more than " + limits.entries() + " files and directories of any name");
    } catch (IOException e) {
      lose(unit, FileProblems.reason(e));
    }
    links.clear();
  }

  private void directory(Path real, String unit, int depth, boolean atomic) throws IOException {
    if (!walked.add(real)) {
      return;
    }
    if (depth > limits.depth()) {
      lose(unit, "nested deeper than " + limits.depth() + " directories");
      return;
    }
    List<Path> children = list(real);
    tree.directories.put(real, Stamp.of(real).key());
    boolean mount = Files.isSymbolicLink(real.resolve(PAYLOAD));
    if (mount) {
      links.addFirst(new Link(real.resolve(PAYLOAD), unit, depth, true));
    }
    for (Path child : children) {
      String name = FileNames.nameOf(child);
      if (!FileNames.isIgnored(name)) {
        entry(child, unit + "/" + FileNames.shown(name), depth, atomic, mount);
      }
    }
  }

  private void entry(Path path, String unit, int depth, boolean atomic, boolean mount)
      throws IOException {
    Stamp stamp;
    try {
      stamp = Stamp.of(path);
    } catch (NoSuchFileException _) {
      return; // deleted meanwhile, as good as never seen
    }
    switch (stamp.type()) {
      case DIRECTORY -> subdirectory(path, unit, depth + 1, atomic);
      case LINK -> {
        if (!mount || !leadsThroughPayload(path)) {
          links.add(new Link(path, unit, depth + 1, atomic));
        }
      }
      case FILE, SPECIAL -> {
        if (FileNames.isDocument(FileNames.nameOf(path))) {
          file(path, unit, stamp, atomic);
        }
      }
    }
  }

  private static boolean leadsThroughPayload(Path link) throws IOException {
    try {
      return Files.readSymbolicLink(link).startsWith(PAYLOAD);
    } catch (NoSuchFileException | NotLinkException _) {
      return true; // replaced meanwhile; what took its place is found by the next walk
    }
  }

  private void subdirectory(Path real, String unit, int depth, boolean atomic)
      throws TooManyEntriesException {
    try {
      directory(real, unit, depth, atomic);
    } catch (TooManyEntriesException e) {
      throw e;
    } catch (NoSuchFileException | NotDirectoryException _) {
      // deleted meanwhile; what took its place is found by the next walk
    } catch (IOException e) {
      lose(unit, FileProblems.reason(e));
    }
  }

  private void follow(Link link, Path root, String rootUnit) throws TooManyEntriesException {
    String name = FileNames.nameOf(link.path);
    boolean document = FileNames.isDocument(name);
    boolean payload = name.equals(PAYLOAD);
    try {
      Path target = tree.pin(link.path);
      Stamp stamp = Stamp.of(target);
      boolean directory = stamp.type() == Stamp.Type.DIRECTORY;
      if (!directory && !document && !payload) {
        return;
      }
      if (!target.startsWith(root)) {
        String to = FileNames.shown(target.toString());
        lose(link.unit, "a link that leads out of " + rootUnit + ", to " + to);
      } else if (directory) {
        subdirectory(target, link.unit, link.depth, link.atomic);
      } else if (payload) {
        lose(link.unit, "..data leads to a file, expected a directory");
      } else {
        file(target, link.unit, stamp, link.atomic);
      }
    } catch (TooManyEntriesException e) {
      throw e;
    } catch (IOException e) {
      if (document || payload || name.indexOf('.') < 0) {
        lose(
            link.unit,
            e instanceof NoSuchFileException ? "a link to nothing" : FileProblems.reason(e));
      }
    }
  }

  private void file(Path path, String unit, Stamp stamp, boolean atomic) {
    if (!found.add(path)) {
      return;
    }
    if (stamp.type() != Stamp.Type.FILE) {
      lose(unit, "a pipe, socket or device, expected a regular file");
    } else if (tree.lost.containsKey(unit)
        || tree.files.putIfAbsent(unit, new Tree.Entry(path, stamp, atomic)) != null) {
      lose(unit, "more than one file goes by this name");
    }
  }

  private List<Path> list(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path child : stream) {
        if (++entries > limits.entries()) {
          throw new TooManyEntriesException();
        }
        children.add(child);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(children);
    return children;
  }

  private void lose(String unit, String why) {
    tree.files.remove(unit);
    tree.lost.put(unit, FileProblems.error(unit, why));
  }
}
