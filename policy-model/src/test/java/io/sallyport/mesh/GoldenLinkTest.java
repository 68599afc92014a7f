package io.sallyport.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.problem.ProblemPrinter;
import io.sallyport.policy.problem.SourceText;
import io.sallyport.policy.problem.Summary;
import io.sallyport.policy.read.DocumentReader;
import io.sallyport.policy.read.ReadDocument;
import io.sallyport.policy.read.ReadResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Each folder of `mesh` holds the documents of a mesh in `in`, which can all be read, and in
/// `problems.txt` what linking says of them and in which form each is in force.
/// `-Dgolden.update=true` writes `problems.txt` anew.
class GoldenLinkTest {
  private static final Path FOLDER = Path.of("src/test/resources/mesh");

  @TestFactory
  List<DynamicTest> linkingSaysWhatTheGoldensSay() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders
          .sorted()
          .map(folder ->
              DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)))
          .toList();
    }
  }

  private static void check(Path folder) throws IOException {
    Path in = folder.resolve("in");
    List<Change> changes = new ArrayList<>();
    for (Path file : files(in)) {
      String name = file.getFileName().toString();
      ReadResult text = new DocumentReader().read(name, Files.readAllBytes(file));
      assertThat(text.problems()).isEmpty();
      for (ReadDocument document : text.documents()) {
        assertThat(document.problems()).isEmpty();
        changes.add(new Change.Upsert("file:in", document.document().orElseThrow()));
      }
    }
    String printed = print(MeshModel.link(ResourceImage.EMPTY.with(changes)), in);
    Path golden = folder.resolve("problems.txt");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, printed);
    }
    assertThat(golden).content().isEqualTo(printed);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static String print(Linked linked, Path in) {
    SourceText texts = SourceText.of(file -> Optional.of(read(in.resolve(file))));
    StringBuilder out = new StringBuilder();
    out.append(new ProblemPrinter(texts, false).print(linked.problems()));
    out.append(Summary.of(linked.problems(), linked.documents().size())).append("\n\n");
    for (DocumentState state : linked.documents().values()) {
      out.append(state.key()).append(": ").append(state.form()).append('\n');
    }
    return out.toString();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
