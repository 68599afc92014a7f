package io.sallyport.source.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operating system's notices that something happened in a directory: a hint when to look, and
/// nothing that anything relies on.
final class DirectoryWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DirectoryWatch.class);
  private static final WatchEvent.Kind<?>[] KINDS = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_DELETE,
    StandardWatchEventKinds.ENTRY_MODIFY
  };

  private final WatchService service;
  private final Set<Path> roots;
  private final Map<Path, Watched> watched = new HashMap<>();
  private boolean saidThatItIsLimited;

  /// @param stamp tells one directory from another of the same name
  private record Watched(String stamp, WatchKey key) {}

  /// @param roots absolute; whether one of them comes, goes or becomes another is noticed too
  DirectoryWatch(Set<Path> roots) {
    this.roots = Set.copyOf(roots);
    try {
      this.service = FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      throw new UncheckedIOException("no more watch services on this machine", e);
    }
  }

  /// Watches these directories and no others.
  ///
  /// @param directories real paths, with what tells one from another of the same name
  /// @return whether a new one is among them: what happened there before isn't noticed any more
  boolean watch(Map<Path, String> directories) {
    Map<Path, String> wanted = new HashMap<>();
    for (Path root : roots) {
      Path parent = root.getParent();
      if (parent != null) {
        wanted.put(parent, "");
      }
    }
    wanted.putAll(directories);
    for (Iterator<Map.Entry<Path, Watched>> all = watched.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Path, Watched> entry = all.next();
      Watched old = entry.getValue();
      if (!old.stamp.equals(wanted.get(entry.getKey())) || !old.key.isValid()) {
        old.key.cancel();
        all.remove();
      }
    }
    boolean added = false;
    for (Map.Entry<Path, String> directory : wanted.entrySet()) {
      if (!watched.containsKey(directory.getKey())) {
        added |= register(directory.getKey(), directory.getValue());
      }
    }
    return added;
  }

  private boolean register(Path directory, String stamp) {
    try {
      watched.put(directory, new Watched(stamp, directory.register(service, KINDS)));
      return true;
    } catch (NoSuchFileException | NotDirectoryException _) {
      return false; // deleted meanwhile, which the directory around it tells
    } catch (IOException e) {
      if (!saidThatItIsLimited && !stamp.isEmpty()) {
        saidThatItIsLimited = true;
        log.warn(
            "{} can't be watched, changes are found later: {}",
            FileNames.shown(directory.toString()),
            FileProblems.reason(e));
      }
      return false;
    }
  }

  /// Waits for a notice, `longest` at most.
  void await(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    boolean relevant = false;
    while (!relevant) {
      WatchKey key = service.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (key == null) {
        return;
      }
      for (; key != null; key = service.poll()) {
        relevant |= isRelevant(key);
        key.reset();
      }
    }
  }

  /// Beside a root, in the directory around it, only what happens to the root matters.
  private boolean isRelevant(WatchKey key) {
    Path directory = (Path) key.watchable();
    Watched known = watched.get(directory);
    boolean around = known != null && known.stamp.isEmpty();
    boolean relevant = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      relevant |=
          !around
              || !(event.context() instanceof Path name)
              || roots.contains(directory.resolve(name));
    }
    return relevant;
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the watch of directories", e);
    }
  }
}
