package io.sallyport.source.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The source as it runs: with its thread, the real clock and the operating system's notices.
class FileSourceTest {
  private static final long DEADLINE_SECONDS = 30;

  @TempDir private Path temporary;
  private Path root;
  private FileSource source;
  private final Sink sink = new Sink();
  private final List<Throwable> faults = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    root = Files.createDirectory(temporary.resolve("policies"));
    source =
        new FileSource(
            List.of(root),
            FolderLimits.DEFAULT,
            InstantSource.system(),
            faults::add,
            new LineReader());
  }

  @AfterEach
  void close() {
    source.close();
    assertThat(faults).isEmpty();
  }

  @Test
  void followsTheFolder() throws Exception {
    Path file = Files.writeString(root.resolve("a.yaml"), "a=1;\n");
    assertThat(source.waitingFor()).isPresent();
    source.start(sink);
    sink.await(told -> told.resyncs == 1 && told.inForce.equals(Map.of("a", "1")));
    Files.writeString(file, "a=2;\n");
    sink.await(told -> told.inForce.equals(Map.of("a", "2")));
    assertThat(source.waitingFor()).isEqualTo(Optional.empty());
    Path sub = Files.createDirectories(root.resolve("sub/deeper"));
    Files.writeString(sub.resolve("b.yaml"), "b=1;\n");
    sink.await(told -> told.inForce.equals(Map.of("a", "2", "b", "1")));
    Files.writeString(sub.resolve("b.yaml"), "b=2;\n");
    sink.await(told -> told.inForce.equals(Map.of("a", "2", "b", "2")));
    Files.delete(file);
    sink.await(told -> told.inForce.equals(Map.of("b", "2")));
    assertThat(source.filesRead()).isPositive();
  }

  @Test
  void waitsForAFolderAndSurvivesItsAbsence() throws Exception {
    Files.delete(root);
    source.start(sink);
    sink.await(told -> !told.findings.isEmpty());
    assertThat(sink.told.resyncs).isZero();
    Path prepared = Files.createDirectory(temporary.resolve("prepared"));
    Files.writeString(prepared.resolve("a.yaml"), "a=1;\n");
    Files.move(prepared, root);
    sink.await(told -> told.resyncs == 1 && told.inForce.equals(Map.of("a", "1")));
    Files.move(root, prepared);
    sink.await(told -> !told.findings.isEmpty());
    Files.writeString(prepared.resolve("b.yaml"), "b=1;\n");
    Files.move(prepared, root);
    sink.await(told -> told.findings.isEmpty() && told.inForce.equals(Map.of("a", "1", "b", "1")));
  }

  @Test
  void neverTellsHalfOfAMountThatIsSwappedAllTheTime() throws Exception {
    MountedConfigMap mount = new MountedConfigMap(root);
    mount.write(generation(0));
    source.start(sink);
    for (int i = 1; i <= 100; i++) {
      mount.write(generation(i));
    }
    sink.await(told -> told.inForce.equals(Map.of("a", "100", "b", "100", "c", "100")));
    assertThat(sink.statesWithSeveralValues).isZero();
    assertThat(sink.told.findings).isEmpty();
  }

  @Test
  void tellsNothingAfterItWasClosed() throws Exception {
    source.start(sink);
    sink.await(told -> told.resyncs == 1);
    source.close();
    int batches = sink.batches;
    Files.writeString(root.resolve("a.yaml"), "a=1;\n");
    source.close();
    assertThat(sink.batches).isEqualTo(batches);
  }

  private static Map<String, String> generation(int number) {
    return Map.of(
        "a.yaml", "a=" + number + ";\n",
        "b.yaml", "b=" + number + ";\n",
        "c.yaml", "c=" + number + ";\n");
  }

  /// Folds what it is told and lets a test wait for a state.
  private static final class Sink implements java.util.function.Consumer<List<Change>> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    final Told told = new Told();
    int statesWithSeveralValues;
    int batches;

    @Override
    public void accept(List<Change> changes) {
      lock.lock();
      try {
        batches++;
        told.apply(changes);
        Set<String> values = new HashSet<>(told.inForce.values());
        statesWithSeveralValues += values.size() > 1 ? 1 : 0;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    void await(Predicate<Told> state) throws InterruptedException {
      lock.lock();
      try {
        long left = TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!state.test(told)) {
          assertThat(left).as("in force: %s", told.inForce).isPositive();
          left = changed.awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
