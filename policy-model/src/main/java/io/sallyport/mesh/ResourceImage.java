package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// All that the sources have said, folded: for every document its newest readable form and the last
/// form that linked; and the time at which it is looked at. Immutable; the order in which changes
/// of different documents arrive, and how they are cut into batches, does not matter.
public final class ResourceImage {
  /// Of no documents, at the end of time: until [#at] says better, whatever has an end is over.
  public static final ResourceImage EMPTY =
      new ResourceImage(Collections.emptySortedMap(), Collections.emptySortedMap(), Instant.MAX);

  private final SortedMap<ResourceKey, SortedMap<String, Entry>> entries;
  private final SortedMap<Unit, List<Problem>> findings;
  private final Instant now;

  private ResourceImage(
      SortedMap<ResourceKey, SortedMap<String, Entry>> entries,
      SortedMap<Unit, List<Problem>> findings,
      Instant now) {
    this.entries = entries;
    this.findings = findings;
    this.now = now;
  }

  /// This image, looked at at that time.
  public ResourceImage at(Instant time) {
    return new ResourceImage(entries, findings, time);
  }

  /// The time at which it is looked at.
  Instant now() {
    return now;
  }

  /// What one source says of one document.
  ///
  /// @param document its newest readable form
  /// @param readable whether that is its newest form; else `problems` say why the newest can't be
  ///   read
  /// @param accepted the last form that linked without an error
  record Entry(
      Optional<Document> document,
      boolean readable,
      List<Problem> problems,
      Optional<Document> accepted) {
    static final Entry EMPTY = new Entry(Optional.empty(), false, List.of(), Optional.empty());

    Entry withDocument(Document newest) {
      return new Entry(Optional.of(newest), true, List.of(), accepted);
    }

    Entry withProblems(List<Problem> why) {
      return new Entry(document, false, why, accepted);
    }

    Entry withAccepted(Document linked) {
      return new Entry(document, readable, problems, Optional.of(linked));
    }
  }

  /// One unit of a source, such as a file.
  private record Unit(String source, String name) implements Comparable<Unit> {
    @Override
    public int compareTo(Unit other) {
      int bySource = source.compareTo(other.source);
      return bySource != 0 ? bySource : name.compareTo(other.name);
    }
  }

  /// This image after the changes, in their order. [Change.Resync] changes nothing here.
  public ResourceImage with(List<Change> changes) {
    SortedMap<ResourceKey, SortedMap<String, Entry>> newEntries = new TreeMap<>(entries);
    SortedMap<Unit, List<Problem>> newFindings = new TreeMap<>(findings);
    for (Change change : changes) {
      switch (change) {
        case Change.Upsert(String source, Document document) ->
            put(
                newEntries,
                document.key(),
                source,
                entry(newEntries, document.key(), source).withDocument(document));
        case Change.Invalid(String source, ResourceKey key, List<Problem> problems) ->
            put(newEntries, key, source, entry(newEntries, key, source).withProblems(problems));
        case Change.Delete(String source, ResourceKey key) -> remove(newEntries, key, source);
        case Change.Findings(String source, String unit, List<Problem> problems) -> {
          if (problems.isEmpty()) {
            newFindings.remove(new Unit(source, unit));
          } else {
            newFindings.put(new Unit(source, unit), problems);
          }
        }
        case Change.Resync _ -> {}
      }
    }
    return new ResourceImage(newEntries, newFindings, now);
  }

  /// This image, remembering which forms `linked` (which must stand on this image) found whole, as
  /// those to fall back to.
  public ResourceImage accept(Linked linked) {
    SortedMap<ResourceKey, SortedMap<String, Entry>> newEntries = new TreeMap<>(entries);
    for (DocumentState state : linked.documents().values()) {
      if (state.isWhole() && state.inForce().isPresent()) {
        Entry entry = entry(entries, state.key(), state.source());
        Document document = state.inForce().get();
        if (!entry.accepted().equals(state.inForce())) {
          put(newEntries, state.key(), state.source(), entry.withAccepted(document));
        }
      }
    }
    return new ResourceImage(newEntries, findings, now);
  }

  /// What each source says of each document, sources in the order of their names.
  SortedMap<ResourceKey, SortedMap<String, Entry>> entries() {
    return entries;
  }

  /// What was found about units of sources.
  Collection<List<Problem>> findings() {
    return findings.values();
  }

  private static Entry entry(
      SortedMap<ResourceKey, SortedMap<String, Entry>> entries, ResourceKey key, String source) {
    return entries
        .getOrDefault(key, Collections.emptySortedMap())
        .getOrDefault(source, Entry.EMPTY);
  }

  private static void put(
      SortedMap<ResourceKey, SortedMap<String, Entry>> entries,
      ResourceKey key,
      String source,
      Entry entry) {
    SortedMap<String, Entry> bySource =
        new TreeMap<>(entries.getOrDefault(key, Collections.emptySortedMap()));
    bySource.put(source, entry);
    entries.put(key, bySource);
  }

  private static void remove(
      SortedMap<ResourceKey, SortedMap<String, Entry>> entries, ResourceKey key, String source) {
    SortedMap<String, Entry> bySource =
        new TreeMap<>(entries.getOrDefault(key, Collections.emptySortedMap()));
    bySource.remove(source);
    if (bySource.isEmpty()) {
      entries.remove(key);
    } else {
      entries.put(key, bySource);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ResourceImage image
        && entries.equals(image.entries)
        && findings.equals(image.findings)
        && now.equals(image.now);
  }

  @Override
  public int hashCode() {
    return 31 * entries.hashCode() + findings.hashCode();
  }

  @Override
  public String toString() {
    return "ResourceImage" + entries.keySet();
  }
}
