package io.sallyport.app;

import io.sallyport.mesh.Change;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.ResourceImage;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.problem.SourceText;
import io.sallyport.policy.read.DocumentSet;
import io.sallyport.source.file.FolderScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Documents read and linked without a control plane, for the commands that only look.
///
/// @param linked what linking gave
/// @param documents how many documents were read
/// @param problems of reading and of linking, by file and line
record OfflineMesh(Linked linked, int documents, List<Problem> problems) {
  private static final String SOURCE = "command line";

  /// Reads files and directories.
  ///
  /// @throws UserException when one of them is not there
  static OfflineMesh read(List<Path> paths) {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new UserException("'" + path + "' is not there");
      }
    }
    DocumentSet documents = DocumentSet.of(FolderScan.read(paths));
    List<Change> changes = new ArrayList<>();
    documents
        .documents()
        .forEach((key, read) ->
            changes.add(
                read.document().isPresent()
                    ? new Change.Upsert(SOURCE, read.document().get())
                    : new Change.Invalid(SOURCE, key, List.of())));
    Linked linked = MeshModel.link(ResourceImage.EMPTY.with(changes).at(Instant.now()));
    List<Problem> problems = new ArrayList<>(documents.problems());
    problems.addAll(linked.problems());
    return new OfflineMesh(
        linked, documents.documentCount(), problems.stream().sorted().distinct().toList());
  }

  MeshModel model() {
    return linked.model();
  }

  boolean hasErrors() {
    return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }

  /// The texts, from the disk, for showing lines.
  static SourceText texts() {
    return SourceText.of(file -> {
      try {
        return Optional.of(Files.readAllBytes(Path.of(file)));
      } catch (IOException | java.nio.file.InvalidPathException e) {
        return Optional.empty();
      }
    });
  }
}
