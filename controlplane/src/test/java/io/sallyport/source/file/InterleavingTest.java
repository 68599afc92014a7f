package io.sallyport.source.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A thousand histories of a folder, looked at between any two steps of them: each ends in the
/// state of the final folder, and on the way no half of a file or of a mount is ever in force.
class InterleavingTest {
  private static final int HISTORIES = 1000;
  private static final int STEPS = 12;
  private static final List<String> FILES = List.of("a.yaml", "b.yml", "sub/c.yaml", "sub/d.json");

  @TempDir private Path temporary;

  @Test
  void everyHistoryEndsInTheStateOfTheFinalFolder() throws Exception {
    for (int seed = 0; seed < HISTORIES; seed++) {
      Path root = Files.createDirectory(temporary.resolve("history-" + seed));
      new History(root, seed).play();
      Scanning.deleteTree(root);
    }
  }

  /// One history: who writes is quick (less than [Settling#QUIET] between two steps of one write),
  /// who looks comes at any time.
  private static final class History {
    private final Path root;
    private final int seed;
    private final Random random;
    private final Scanning scanning;
    private final MountedConfigMap mount;
    private int generation;

    History(Path root, int seed) throws IOException {
      this.root = root;
      this.seed = seed;
      this.random = new Random(seed);
      this.scanning = new Scanning(root);
      this.mount = new MountedConfigMap(root.resolve("mount"));
    }

    void play() throws IOException {
      for (int i = 0; i < STEPS; i++) {
        act();
        scanning.advance(Duration.ofMillis(random.nextInt(60)));
        look();
      }
      scanning.settle();
      Scanning fresh = new Scanning(root);
      fresh.settle();
      fresh.told.inForce.keySet().removeAll(fresh.told.invalid.keySet());
      scanning.told.inForce.keySet().removeAll(scanning.told.invalid.keySet());
      assertThat(scanning.told.inForce).as("seed %d", seed).isEqualTo(fresh.told.inForce);
      assertThat(scanning.told.invalid).as("seed %d", seed).isEqualTo(fresh.told.invalid);
      assertThat(scanning.told.findings).as("seed %d", seed).isEqualTo(fresh.told.findings);
      assertThat(scanning.told.resyncs).isEqualTo(1);
    }

    private void act() throws IOException {
      Path file = root.resolve(FILES.get(random.nextInt(FILES.size())));
      Files.createDirectories(root.resolve("sub"));
      switch (random.nextInt(9)) {
        case 0, 1 -> writeInPlace(file);
        case 2 -> writeBeside(file);
        case 3 -> Files.deleteIfExists(file);
        case 4 -> rename(file, root.resolve(FILES.get(random.nextInt(FILES.size()))));
        case 5 -> Scanning.deleteTree(root.resolve("sub"));
        case 6 -> vanishAndReturn();
        case 7, 8 -> swap();
        default -> throw new AssertionError();
      }
    }

    /// The documents of one writing: both of one generation, and never as long as any before, since
    /// here the clock outruns that of the file system.
    private String content() {
      generation++;
      String name = "n" + random.nextInt(3);
      String value = generation + "x".repeat(generation);
      return name + "-1=" + value + ";\n" + name + "-2=" + value + ";\n";
    }

    private void writeInPlace(Path file) throws IOException {
      String content = content();
      int half = random.nextBoolean() ? content.indexOf('\n') + 1 : content.length() - 4;
      Files.writeString(file, "");
      pauseAndLook();
      Files.writeString(file, content.substring(0, half), StandardOpenOption.APPEND);
      pauseAndLook();
      Files.writeString(file, content.substring(half), StandardOpenOption.APPEND);
    }

    private void writeBeside(Path file) throws IOException {
      Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
      Files.writeString(temporary, content());
      look();
      rename(temporary, file);
    }

    private void rename(Path from, Path to) throws IOException {
      if (Files.exists(from)) {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    }

    private void vanishAndReturn() throws IOException {
      scanning.settle();
      Map<String, String> before = Map.copyOf(scanning.told.inForce);
      Path away = root.resolveSibling(root.getFileName() + "-away");
      Files.move(root, away);
      look();
      assertThat(scanning.told.inForce).isEqualTo(before);
      Files.move(away, root);
    }

    private void swap() throws IOException {
      generation++;
      List<String> names = new ArrayList<>(List.of("m1", "m2", "m3"));
      names.remove(random.nextInt(names.size()));
      Map<String, String> files = new TreeMap<>();
      names.forEach(name -> files.put(name + ".yaml", name + "=" + generation + ";\n"));
      for (MountedConfigMap.Step step : mount.steps(files)) {
        step.run();
        look();
      }
    }

    private void pauseAndLook() {
      scanning.advance(Duration.ofMillis(random.nextInt((int) Settling.QUIET.toMillis() / 2)));
      look();
    }

    private void look() {
      switch (random.nextInt(4)) {
        case 0, 1 -> scanning.step();
        case 2 -> scanning.recheck();
        default -> {}
      }
      assertNothingIsHalf();
    }

    private void assertNothingIsHalf() {
      Map<String, String> inForce = scanning.told.inForce;
      Set<String> generations = new HashSet<>();
      inForce.forEach((name, value) -> {
        if (name.startsWith("m")) {
          generations.add(value);
        } else if (!scanning.told.invalid.containsKey(name)) {
          String other = name.substring(0, 3) + (name.endsWith("1") ? "2" : "1");
          assertThat(inForce).as("seed %d", seed).containsEntry(other, value);
        }
      });
      if (generations.size() > 1) {
        throw new AssertionError("seed " + seed + ": half of a mount, " + inForce);
      }
    }
  }
}
