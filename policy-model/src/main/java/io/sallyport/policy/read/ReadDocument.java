package io.sallyport.policy.read;

import io.sallyport.policy.Document;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import java.util.List;
import java.util.Optional;

/// One document of a text whose kind, namespace and name could be read.
///
/// @param document empty where an error keeps it out of force
/// @param problems errors and warnings about it
public record ReadDocument(ResourceKey key, Optional<Document> document, List<Problem> problems) {
  public ReadDocument {
    problems = List.copyOf(problems);
  }
}
