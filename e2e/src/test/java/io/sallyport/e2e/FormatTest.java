package io.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every source is formatted the one way; `.ci/format` does it.
class FormatTest {
  @Test
  void everySourceIsFormatted() throws Exception {
    List<String> unformatted = new ArrayList<>();
    for (Path file : sources()) {
      String text = Files.readString(file);
      if (!new Formatter().formatSourceAndFixImports(text).equals(text)) {
        unformatted.add(file.toString());
      }
    }
    assertThat(unformatted).as("run .ci/format").isEmpty();
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("policy-model", "controlplane", "e2e")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src"))) {
        files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
      }
    }
    assertThat(sources).isNotEmpty();
    return sources;
  }
}
