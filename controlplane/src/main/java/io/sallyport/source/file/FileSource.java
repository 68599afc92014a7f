package io.sallyport.source.file;

import io.sallyport.mesh.Change;
import io.sallyport.policy.read.DocumentReader;
import io.sallyport.source.ResourceSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The documents in directories, and whatever becomes of them, until it is closed.
///
/// One thread looks at everything whenever the operating system says that something happened, and
/// every now and then in any case. It never waits for silence: only a file that is being written is
/// kept back, for some tens of milliseconds and alone. See [FolderScanner] for what counts as a
/// deletion and [Settling] for what counts as written.
public final class FileSource implements ResourceSource {
  private static final Duration RESCAN = Duration.ofSeconds(1);

  /// Looking may take this part of a processor while nothing happens.
  private static final int IDLE_SHARE = 20;

  private final String name;
  private final FolderScanner scanner;
  private final List<Path> roots;
  private final Consumer<Throwable> faults;
  private volatile Optional<String> waitingFor = Optional.of("nothing was read yet");
  private volatile long filesRead;
  private volatile boolean closed;
  private @Nullable Thread thread;

  /// @param roots the directories, under the names that problems and positions will use
  /// @param faults hears of mistakes of this program, which the source survives
  public FileSource(
      List<Path> roots, FolderLimits limits, InstantSource clock, Consumer<Throwable> faults) {
    this(roots, limits, clock, faults, new DocumentReader()::read);
  }

  FileSource(
      List<Path> roots,
      FolderLimits limits,
      InstantSource clock,
      Consumer<Throwable> faults,
      TextReader reader) {
    this.roots = List.copyOf(roots);
    this.name = roots.stream().map(TreeWalk::unit).collect(Collectors.joining(",", "file:", ""));
    this.scanner = new FolderScanner(name, roots, limits, reader, clock);
    this.faults = faults;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> waitingFor() {
    return waitingFor;
  }

  /// How often a file was opened so far.
  public long filesRead() {
    return filesRead;
  }

  @Override
  public synchronized void start(Consumer<List<Change>> sink) {
    if (thread != null) {
      throw new IllegalStateException("started twice");
    }
    thread = Thread.ofPlatform().name("file-source").daemon().start(() -> run(sink));
  }

  private void run(Consumer<List<Change>> sink) {
    try (DirectoryWatch watch =
        new DirectoryWatch(
            roots.stream()
                .map(root -> root.toAbsolutePath().normalize())
                .collect(Collectors.toSet()))) {
      while (!closed) {
        try {
          look(watch, sink);
        } catch (RuntimeException e) {
          faults.accept(e);
          Thread.sleep(RESCAN);
        }
      }
    } catch (InterruptedException _) {
      // closed
    } catch (RuntimeException e) {
      faults.accept(e);
    }
  }

  private void look(DirectoryWatch watch, Consumer<List<Change>> sink) throws InterruptedException {
    long started = System.nanoTime();
    FolderScanner.Step step = scanner.step();
    tell(step, sink);
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    if (watch.watch(step.directories())) {
      return; // what happened there since the step gave no notice: look again
    }
    if (step.again().filter(again -> again.compareTo(Settling.QUIET) <= 0).isPresent()) {
      Thread.sleep(step.again().get());
      step = scanner.recheck();
      tell(step, sink);
    }
    Duration calm = took.multipliedBy(IDLE_SHARE);
    Duration rescan = calm.compareTo(RESCAN) > 0 ? calm : RESCAN;
    long waited = System.nanoTime();
    watch.await(step.again().filter(again -> again.compareTo(rescan) < 0).orElse(rescan));
    Duration rest = took.minusNanos(System.nanoTime() - waited);
    if (rest.isPositive()) {
      Thread.sleep(rest); // under a storm of notices, look half of the time
    }
  }

  private void tell(FolderScanner.Step step, Consumer<List<Change>> sink) {
    filesRead = scanner.filesRead();
    if (!closed && !step.changes().isEmpty()) {
      sink.accept(step.changes());
    }
    waitingFor = step.waitingFor();
  }

  @Override
  public void close() {
    closed = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null && running != Thread.currentThread()) {
      running.interrupt();
      try {
        running.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
