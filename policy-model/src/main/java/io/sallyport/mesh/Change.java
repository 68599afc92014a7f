package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import java.util.List;

/// What a source tells: the only input of the reconciler. `source` names the source, for example
/// `file:/etc/sallyport`.
public sealed interface Change {
  String source();

  /// A document is there, or has become another.
  record Upsert(String source, Document document) implements Change {}

  /// A document is there but can't be read; its last valid form, if any, stays in force.
  record Invalid(String source, ResourceKey key, List<Problem> problems) implements Change {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }

  /// A document is gone.
  record Delete(String source, ResourceKey key) implements Change {}

  /// What is to be said about one unit of a source (a file) and belongs to no document in
  /// particular; replaces what was said about that unit before; empty takes it back.
  record Findings(String source, String unit, List<Problem> problems) implements Change {
    public Findings {
      problems = List.copyOf(problems);
    }
  }

  /// The source has now told everything it has. Nothing is published before every source said so
  /// once.
  record Resync(String source) implements Change {}
}
