package io.sallyport.source.file;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.read.ReadResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderScanTest {
  @TempDir private Path root;

  private static SortedMap<String, ReadResult> read(Path... paths) {
    return FolderScan.read(List.of(paths), FolderLimits.DEFAULT, new LineReader());
  }

  @Test
  void readsFilesOfAnyNameAndDirectories() throws Exception {
    Path file = Files.writeString(root.resolve("policy.txt"), "a=1;");
    Path folder = Files.createDirectory(root.resolve("folder"));
    Files.writeString(folder.resolve("b.yaml"), "b=1;\nb");
    Files.writeString(folder.resolve("ignored.txt"), "c=1;\n");
    Path link = Files.createSymbolicLink(root.resolve("link"), folder.resolve("b.yaml"));
    SortedMap<String, ReadResult> results = read(file, folder);
    assertThat(results).containsOnlyKeys(file.toString(), folder + "/b.yaml");
    ReadResult broken = requireNonNull(results.get(folder + "/b.yaml"));
    assertThat(broken.complete()).isFalse();
    assertThat(broken.documents()).hasSize(1);
    assertThat(read(link)).containsOnlyKeys(link.toString());
  }

  @Test
  void readsRealDocuments() throws Exception {
    Files.writeString(
        root.resolve("namespace.yaml"),
        """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: mytest
        ---
        kind: Namespace
        """);
    ReadResult result =
        requireNonNull(FolderScan.read(List.of(root)).get(root + "/namespace.yaml"));
    assertThat(result.documents())
        .anySatisfy(read -> assertThat(read.key().name()).isEqualTo("mytest"));
    assertThat(result.complete()).isFalse();
  }

  @Test
  void whatCannotBeReadIsAProblem() throws Exception {
    Path missing = root.resolve("missing");
    Path large = root.resolve("large.yaml");
    Files.write(large, new byte[2 << 20]);
    SortedMap<String, ReadResult> results = read(missing, large);
    assertThat(messages(results, missing)).isEqualTo(missing + ": no such file or directory");
    assertThat(messages(results, large)).endsWith("2097152 bytes, expected at most 1048576");
  }

  @Test
  void readsAMountedConfigMap() throws Exception {
    new MountedConfigMap(root).write(Map.of("a.yaml", "a=1;\n"));
    assertThat(read(root)).containsOnlyKeys(root + "/a.yaml");
  }

  private static String messages(SortedMap<String, ReadResult> results, Path path) {
    return requireNonNull(results.get(path.toString())).problems().getFirst().message();
  }
}
