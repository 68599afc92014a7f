package io.sallyport.source.file;

import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Namespace;
import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.read.ReadDocument;
import io.sallyport.policy.read.ReadResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A language with one document a line, `NAME=VALUE;`. The value `!` is an invalid document, `?` a
/// warning; a line that doesn't end in a semicolon can't even be named.
final class LineReader implements TextReader {
  private Runnable onRead = () -> {};

  /// Does something while a file is read, once.
  void onNextRead(Runnable action) {
    onRead = action;
  }

  @Override
  public ReadResult read(String file, byte[] text) {
    Runnable action = onRead;
    onRead = () -> {};
    action.run();
    List<ReadDocument> documents = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    int number = 0;
    for (String line : new String(text, StandardCharsets.UTF_8).lines().toList()) {
      Position position = new Position(file, ++number, 1);
      int equals = line.indexOf('=');
      if (equals < 0 || !line.endsWith(";")) {
        problems.add(problem(Severity.ERROR, "syntax", position));
      } else {
        String value = line.substring(equals + 1, line.length() - 1);
        documents.add(document(line.substring(0, equals), value, position));
      }
    }
    return new ReadResult(documents, problems, problems.isEmpty());
  }

  private static ReadDocument document(String name, String value, Position position) {
    ResourceKey key = key(name);
    if (value.equals("!")) {
      return new ReadDocument(
          key, Optional.empty(), List.of(problem(Severity.ERROR, "invalid", position)));
    }
    Metadata metadata = new Metadata("", name, Map.of("value", value), Map.of(), Optional.empty());
    Document document = new Document(new Namespace(metadata), Map.of(FieldPath.ROOT, position));
    return new ReadDocument(
        key,
        Optional.of(document),
        value.equals("?") ? List.of(problem(Severity.WARNING, "odd", position)) : List.of());
  }

  static ResourceKey key(String name) {
    return new ResourceKey(Kind.NAMESPACE, "", name);
  }

  private static Problem problem(Severity severity, String message, Position position) {
    return new Problem(
        severity, message, Optional.of(position), FieldPath.ROOT, Optional.empty(), "", List.of());
  }
}
