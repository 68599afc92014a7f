package io.sallyport.policy.read;

import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a set of texts says together, with nothing known from before. Where a document stands there
/// twice, in one text or in two, neither is in force: to prefer one would let a new file override
/// an old one.
///
/// @param documents by key; those with errors are without their document
/// @param findings by file, what belongs to no document that could be named; every file is there
public record DocumentSet(
    SortedMap<ResourceKey, ReadDocument> documents, SortedMap<String, List<Problem>> findings) {
  public DocumentSet {
    documents = Collections.unmodifiableSortedMap(new TreeMap<>(documents));
    findings = Collections.unmodifiableSortedMap(new TreeMap<>(findings));
  }

  /// @param texts by file
  public static DocumentSet of(SortedMap<String, ReadResult> texts) {
    SortedMap<ResourceKey, List<ReadDocument>> written = new TreeMap<>();
    SortedMap<String, List<Problem>> findings = new TreeMap<>();
    for (SortedMap.Entry<String, ReadResult> text : texts.entrySet()) {
      findings.put(text.getKey(), text.getValue().problems());
      for (ReadDocument document : text.getValue().documents()) {
        written.computeIfAbsent(document.key(), _ -> new ArrayList<>()).add(document);
      }
    }
    SortedMap<ResourceKey, ReadDocument> documents = new TreeMap<>();
    written.forEach((key, same) -> documents.put(key, only(key, same)));
    return new DocumentSet(documents, findings);
  }

  /// How many documents were named; one that stands there twice is one.
  public int documentCount() {
    return documents.size();
  }

  /// The documents without errors.
  public SortedMap<ResourceKey, Document> inForce() {
    SortedMap<ResourceKey, Document> inForce = new TreeMap<>();
    documents.forEach((key, read) -> read.document().ifPresent(d -> inForce.put(key, d)));
    return inForce;
  }

  /// All problems, by file and line.
  public List<Problem> problems() {
    List<Problem> all = new ArrayList<>();
    findings.values().forEach(all::addAll);
    documents.values().forEach(read -> all.addAll(read.problems()));
    Collections.sort(all);
    return List.copyOf(all);
  }

  private static ReadDocument only(ResourceKey key, List<ReadDocument> same) {
    if (same.size() == 1) {
      return same.getFirst();
    }
    List<Problem.Related> others =
        same.stream()
            .skip(1)
            .flatMap(other -> position(other).stream())
            .map(position -> new Problem.Related(position, "and here"))
            .toList();
    List<Problem> problems = new ArrayList<>();
    problems.add(
        new Problem(
            Severity.ERROR,
            "duplicate document " + key,
            position(same.getFirst()),
            FieldPath.ROOT,
            Optional.of(key),
            "none of them is in force; delete all but one",
            others));
    same.forEach(document -> problems.addAll(document.problems()));
    return new ReadDocument(key, Optional.empty(), problems);
  }

  /// Where a document's name stands, or else the first thing that is wrong with it.
  private static Optional<Position> position(ReadDocument read) {
    return read.document()
        .flatMap(document -> document.position(new FieldPath("metadata.name")))
        .or(() -> read.problems().stream().flatMap(p -> p.position().stream()).findFirst());
  }
}
