package io.sallyport.status;

import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import java.util.Locale;
import java.util.Optional;

/// A problem as other programs read it.
///
/// @param severity `error`, `warning` or `note`
/// @param file the file, with `line` and `column` from 1; all empty where there is no text
/// @param kind the document's, with `namespace` and `name`; all empty where it is unknown
public record ProblemStatus(
    String severity,
    String message,
    Optional<String> file,
    Optional<Integer> line,
    Optional<Integer> column,
    Optional<String> kind,
    Optional<String> namespace,
    Optional<String> name,
    String field,
    String help) {
  static ProblemStatus of(Problem problem) {
    Optional<ResourceKey> resource = problem.resource();
    return new ProblemStatus(
        problem.severity().name().toLowerCase(Locale.ROOT),
        problem.message(),
        problem.position().map(Position::file),
        problem.position().map(Position::line),
        problem.position().map(Position::column),
        resource.map(key -> key.kind().kindName()),
        resource.map(ResourceKey::namespace),
        resource.map(ResourceKey::name),
        problem.field().text(),
        problem.help());
  }
}
