package io.sallyport.reconcile;

import io.sallyport.mesh.Change;
import io.sallyport.policy.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// Changes that wait, collapsed: of each document at most a deletion, the last form after it, and
/// the last failure to read it after that. An image that takes what is left ends the same as one
/// that takes everything. Not thread-safe.
final class PendingChanges {
  private final SequencedMap<DocumentOf, List<Change>> documents = new LinkedHashMap<>();
  private final SequencedMap<UnitOf, Change> findings = new LinkedHashMap<>();
  private final SequencedSet<Change.Resync> resyncs = new LinkedHashSet<>();

  private record DocumentOf(String source, ResourceKey key) {}

  private record UnitOf(String source, String unit) {}

  void add(Change change) {
    switch (change) {
      case Change.Upsert(String source, var document) -> {
        List<Change> before = documents(source, document.key());
        before.removeIf(each -> !(each instanceof Change.Delete));
        before.add(change);
      }
      case Change.Invalid(String source, ResourceKey key, _) -> {
        List<Change> before = documents(source, key);
        before.removeIf(Change.Invalid.class::isInstance);
        before.add(change);
      }
      case Change.Delete(String source, ResourceKey key) -> {
        List<Change> before = documents(source, key);
        before.clear();
        before.add(change);
      }
      case Change.Findings(String source, String unit, _) ->
          findings.put(new UnitOf(source, unit), change);
      case Change.Resync resync -> resyncs.add(resync);
    }
  }

  private List<Change> documents(String source, ResourceKey key) {
    return documents.computeIfAbsent(new DocumentOf(source, key), _ -> new ArrayList<>(3));
  }

  boolean isEmpty() {
    return documents.isEmpty() && findings.isEmpty() && resyncs.isEmpty();
  }

  /// What is left, and forgets it. A [Change.Resync] comes after the changes that it may speak of.
  List<Change> drain() {
    List<Change> changes = new ArrayList<>();
    for (Map.Entry<DocumentOf, List<Change>> entry : documents.entrySet()) {
      changes.addAll(entry.getValue());
    }
    changes.addAll(findings.values());
    changes.addAll(resyncs);
    documents.clear();
    findings.clear();
    resyncs.clear();
    return changes;
  }
}
