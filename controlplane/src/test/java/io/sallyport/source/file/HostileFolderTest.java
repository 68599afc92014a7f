package io.sallyport.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What must neither stop the rest, nor exhaust anything, nor grant or revoke by accident.
class HostileFolderTest {
  @TempDir private Path temporary;
  private Path root;
  private Scanning scanning;

  @BeforeEach
  void scan() throws IOException {
    root = Files.createDirectory(temporary.resolve("policies"));
    scanning = new Scanning(root);
  }

  private Map<String, String> inForce() {
    return scanning.told.inForce;
  }

  private String finding(String file) {
    return scanning.told.findings.getOrDefault(scanning.unit(file), "");
  }

  @Test
  void aPipeIsNeverOpened() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.write("b.yaml", "b=1;\n");
    scanning.settle();
    scanning.delete("a.yaml");
    pipe("a.yaml");
    pipe("ignored");
    scanning.write("b.yaml", "b=2;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(scanning.told.invalid).containsOnlyKeys("a");
    assertThat(scanning.told.findings).containsOnlyKeys(scanning.unit("a.yaml"));
    assertThat(finding("a.yaml")).endsWith("a pipe, socket or device, expected a regular file");
  }

  @Test
  void aFileThatIsTooLargeIsNotOpened() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    long before = scanning.filesRead();
    try (RandomAccessFile file = new RandomAccessFile(root.resolve("a.yaml").toFile(), "rw")) {
      file.setLength(20 << 20);
    }
    scanning.settle();
    assertThat(scanning.filesRead()).isEqualTo(before);
    assertThat(inForce()).isEqualTo(Map.of("a", "1"));
    assertThat(finding("a.yaml")).endsWith(": 20971520 bytes, expected at most 1048576");
    scanning.write("a.yaml", "a=2;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "2"));
    assertThat(scanning.told.findings).isEmpty();
    assertThat(scanning.told.invalid).isEmpty();
  }

  @Test
  void tenThousandFilesAreReadAndNoMore() {
    for (int i = 0; i <= 10_000; i++) {
      scanning.write(String.format("%d/f%05d.yaml", i % 10, i), "d" + i + "=1;\n");
    }
    scanning.settle();
    assertThat(inForce()).hasSize(10_000).doesNotContainKey("d9999");
    assertThat(finding("9/f09999.yaml")).contains("over the limit of 10000 files");
    long before = scanning.filesRead();
    scanning.write("0/f00000.yaml", "d0=2;\n");
    scanning.settle();
    assertThat(inForce()).containsEntry("d0", "2");
    assertThat(scanning.filesRead() - before).isEqualTo(2);
  }

  @Test
  void overALimitWhatWasThereGoesFirstAndADeletionMakesRoom() throws Exception {
    scanning = new Scanning(root, new FolderLimits(100, 30, 3, 1000, 5));
    scanning.write("m.yaml", "m=1;\n");
    scanning.write("n.yaml", "n=1;\n");
    scanning.settle();
    scanning.write("a.yaml", "a=1;\n");
    scanning.write("b.yaml", "b=1;\n");
    scanning.write("c.yaml", "c=1;\n");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a", "m", "n");
    assertThat(finding("b.yaml"))
        .endsWith("over the limit of 3 files and 30 bytes in all (so are 1 more)");
    scanning.delete("m.yaml");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a", "b", "n");
    scanning.write("n.yaml", "n=" + "9".repeat(50) + ";\n");
    scanning.delete("a.yaml");
    scanning.settle();
    assertThat(inForce()).containsEntry("n", "1").doesNotContainKey("a");
    assertThat(finding("n.yaml")).contains("30 bytes in all");
    scanning.write("n.yaml", "n=2;\n");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("b", "c", "n").containsEntry("n", "2");
    assertThat(scanning.told.findings).isEmpty();
    assertThat(scanning.told.invalid).isEmpty();
  }

  @Test
  void tooManyEntriesKeepTheLastState() throws Exception {
    scanning = new Scanning(root, new FolderLimits(100, 100, 10, 20, 5));
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    for (int i = 0; i <= 20; i++) {
      scanning.write("x" + i, "");
    }
    scanning.delete("a.yaml");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a");
    assertThat(scanning.told.findings)
        .containsEntry(root.toString(), root + ": more than 20 files and directories of any name");
    scanning.delete("x0");
    scanning.settle();
    assertThat(inForce()).isEmpty();
    assertThat(scanning.told.findings).isEmpty();
  }

  @Test
  void directoriesNestToALimit() {
    scanning = new Scanning(root, new FolderLimits(100, 100, 10, 100, 3));
    scanning.write("1/2/3/a.yaml", "a=1;\n");
    scanning.write("1/2/3/4/b.yaml", "b=1;\n");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a");
    assertThat(finding("1/2/3/4")).endsWith("nested deeper than 3 directories");
  }

  @Test
  void aRootThatVanishesKeepsItsStateUntilItReturns() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.write("b.yaml", "b=1;\n");
    scanning.settle();
    Path away = temporary.resolve("away");
    Files.move(root, away);
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a", "b");
    assertThat(scanning.told.findings)
        .isEqualTo(Map.of(root.toString(), root + ": no such file or directory"));
    Files.writeString(root, "not a directory");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a", "b");
    assertThat(scanning.told.findings)
        .isEqualTo(Map.of(root.toString(), root + ": not a directory"));
    Files.delete(root);
    Files.delete(away.resolve("b.yaml"));
    Files.move(away, root);
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a");
    assertThat(scanning.told.findings).isEmpty();
  }

  @Test
  void aRootThatReturnsEmptyIsEmpty() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    Scanning.deleteTree(root);
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a");
    Files.createDirectory(root);
    scanning.settle();
    assertThat(inForce()).isEmpty();
  }

  @Test
  void anEmptyMountPointIsNoDeletion() throws Exception {
    Path otherDevice = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(otherDevice)
            && Stamp.of(otherDevice).device() != Stamp.of(temporary).device());
    Path volume = Files.createTempDirectory(otherDevice, "source");
    try {
      Path mount = temporary.resolve("mount");
      Files.createSymbolicLink(mount, root);
      scanning.write("a.yaml", "a=1;\n");
      Scanning mounted = new Scanning(mount);
      mounted.settle();
      Files.delete(mount);
      Files.createSymbolicLink(mount, volume);
      mounted.settle();
      assertThat(mounted.told.inForce).containsOnlyKeys("a");
      assertThat(mounted.told.findings)
          .isEqualTo(
              Map.of(mount.toString(), mount + ": empty, and on another file system than before"));
      Files.writeString(volume.resolve("b.yaml"), "b=1;\n");
      mounted.settle();
      assertThat(mounted.told.inForce).containsOnlyKeys("b");
    } finally {
      Scanning.deleteTree(volume);
    }
  }

  @Test
  void nothingIsCompleteWhileARootIsMissing() throws Exception {
    Files.delete(root);
    assertThat(scanning.step().waitingFor()).hasValue(root + ": no such file or directory");
    assertThat(scanning.told.resyncs).isZero();
    Files.createDirectory(root);
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    assertThat(scanning.told.resyncs).isEqualTo(1);
    assertThat(inForce()).containsOnlyKeys("a");
  }

  @Test
  void whatMayNotBeReadKeepsItsLastForm() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.write("sub/b.yaml", "b=1;\n");
    scanning.settle();
    Path file = root.resolve("a.yaml");
    Path directory = root.resolve("sub");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "runs as a user who may read everything");
    try {
      scanning.settle();
      assertThat(inForce()).containsOnlyKeys("a", "b");
      assertThat(finding("a.yaml")).endsWith("permission denied");
      assertThat(finding("sub")).endsWith("permission denied");
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    scanning.settle();
    assertThat(scanning.told.findings).isEmpty();
    assertThat(scanning.told.invalid).isEmpty();
  }

  @Test
  void namesCannotWriteIntoProblems() {
    scanning.write("a\nerror: all is lost\u001b[2J\u202e.yaml", "?\n");
    scanning.write("politique é.yaml", "b=1;\n");
    scanning.settle();
    String unit = scanning.unit("a\\u000aerror: all is lost\\u001b[2J\\u202e.yaml");
    assertThat(scanning.told.findings).containsOnlyKeys(unit);
    assertThat(inForce()).containsOnlyKeys("b");
  }

  @Test
  void namesThatAreNotUtf8AreReadAndNamesThatLookAlikeAreNot() throws Exception {
    scanning.write("z.yaml", "z=1;\n");
    run("printf 'a=1;\\n' > \"$(printf 'x\\377.yaml')\"");
    assumeTrue(Files.list(root).anyMatch(file -> file.toString().contains("\ufffd")));
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a", "z");
    run("printf 'b=1;\\n' > \"$(printf 'x\\376.yaml')\"");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a", "z");
    assertThat(finding("x\ufffd.yaml")).endsWith("more than one file goes by this name");
  }

  private void pipe(String name) throws Exception {
    run("mkfifo " + name);
  }

  private void run(String script) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", script).directory(root.toFile()).inheritIO().start();
    assumeTrue(process.waitFor() == 0, script);
  }
}
