package io.sallyport.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.snapshot.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Each case's whole output, as people read it. `-Dgolden.update=true` writes the files anew and
/// deletes those that no case has any more.
class GoldenTest {
  private static final Path ROOT = Path.of("src/test/resources/compile");
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  /// The file of each type; secrets are not compiled here.
  private static final Map<ResourceType, String> FILES =
      Map.of(
          ResourceType.LISTENER, "listeners.yaml",
          ResourceType.ROUTE, "routes.yaml",
          ResourceType.CLUSTER, "clusters.yaml",
          ResourceType.ENDPOINT, "endpoints.yaml");

  private static final SortedMap<Path, String> EXPECTED = expected();

  @TestFactory
  Stream<DynamicTest> everyFileIsAsKept() {
    return EXPECTED.entrySet().stream()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getKey().toString(),
                () -> check(ROOT.resolve(file.getKey()), file.getValue())));
  }

  @Test
  void noFileIsLeftOver() throws IOException {
    List<Path> orphans = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files
          .filter(Files::isRegularFile)
          .map(ROOT::relativize)
          .filter(file -> !file.getName(1).toString().equals("in"))
          .filter(file -> !EXPECTED.containsKey(file))
          .forEach(orphans::add);
    }
    if (UPDATE) {
      for (Path orphan : orphans) {
        Files.delete(ROOT.resolve(orphan));
      }
    } else {
      assertThat(orphans).isEmpty();
    }
  }

  private static void check(Path file, String text) throws IOException {
    if (UPDATE) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    assertThat(file).as("-Dgolden.update=true writes it").hasContent(text);
  }

  private static SortedMap<Path, String> expected() {
    SortedMap<Path, String> files = new TreeMap<>();
    try {
      GoldenCases.all(ROOT)
          .forEach((name, scopes) ->
              scopes.forEach((scope, resources) ->
                  FILES.forEach((type, file) ->
                      files.put(
                          Path.of(name, "out", scope, file), ConfigYaml.render(type, resources)))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
