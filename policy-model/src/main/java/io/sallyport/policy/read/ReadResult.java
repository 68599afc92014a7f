package io.sallyport.policy.read;

import io.sallyport.policy.problem.Problem;
import java.util.List;

/// What reading one text gave.
///
/// @param documents in the order of the text
/// @param problems about the text itself, and about documents that could not even be named
/// @param complete false where something could not be named (a syntax error, a document without a
///   name): what this text held before may then still be meant, and its last valid form stays
public record ReadResult(List<ReadDocument> documents, List<Problem> problems, boolean complete) {
  public ReadResult {
    documents = List.copyOf(documents);
    problems = List.copyOf(problems);
  }
}
