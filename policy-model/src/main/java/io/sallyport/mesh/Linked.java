package io.sallyport.mesh;

import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What linking an image gave.
///
/// @param problems everything that users should know, of reading and of linking, sorted
/// @param documents in which form each document is in force
/// @param changesAt when the same image gives something else, because something in it ends
public record Linked(
    MeshModel model,
    List<Problem> problems,
    SortedMap<ResourceKey, DocumentState> documents,
    Optional<Instant> changesAt) {
  public Linked {
    problems = List.copyOf(problems);
    documents = Collections.unmodifiableSortedMap(new TreeMap<>(documents));
  }
}
