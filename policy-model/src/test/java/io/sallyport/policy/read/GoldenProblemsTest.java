package io.sallyport.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.ProblemPrinter;
import io.sallyport.policy.problem.SourceText;
import io.sallyport.policy.problem.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Each folder of `policies` holds documents, and in `problems.txt` what is said about them.
/// `-Dgolden.update=true` writes `problems.txt` anew, and deletes folders that hold nothing else.
class GoldenProblemsTest {
  private static final Path FOLDER = Path.of("src/test/resources/policies");
  private static final String GOLDEN = "problems.txt";

  @TestFactory
  List<DynamicTest> problemsAreAsTheGoldensSay() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders
          .sorted()
          .map(folder ->
              DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)))
          .toList();
    }
  }

  private static void check(Path folder) throws IOException {
    SortedMap<String, ReadResult> texts = new TreeMap<>();
    for (Path file : documents(folder)) {
      String name = file.getFileName().toString();
      texts.put(name, new DocumentReader().read(name, Files.readAllBytes(file)));
    }
    Path golden = folder.resolve(GOLDEN);
    boolean update = Boolean.getBoolean("golden.update");
    if (update && texts.isEmpty()) {
      Files.deleteIfExists(golden);
      Files.delete(folder);
      return;
    }
    assertThat(texts).isNotEmpty();
    String printed = print(DocumentSet.of(texts), folder);
    if (update) {
      Files.writeString(golden, printed);
    }
    assertThat(golden).content().isEqualTo(printed);
  }

  private static List<Path> documents(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().equals(GOLDEN)).sorted().toList();
    }
  }

  private static String print(DocumentSet set, Path folder) {
    SourceText texts = SourceText.of(file -> Optional.of(read(folder.resolve(file))));
    List<Problem> problems = set.problems();
    return new ProblemPrinter(texts, false).print(problems)
        + Summary.of(problems, set.documentCount())
        + "\n";
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
