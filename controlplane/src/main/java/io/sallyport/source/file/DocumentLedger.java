package io.sallyport.source.file;

import io.sallyport.mesh.Change;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.read.ReadDocument;
import io.sallyport.policy.read.ReadResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What every unit holds, and from it the changes: what was read goes in, what is to be told comes
/// out. Knows no files and no time; not thread-safe.
///
/// A document that several units hold is a duplicate: none of them is preferred, for that would let
/// a new file override an old one; the last form that stood alone stays in force.
final class DocumentLedger {
  private static final FieldPath NAME = new FieldPath("metadata.name");

  private final String source;
  private final SortedMap<String, SortedMap<ResourceKey, List<Claim>>> claims = new TreeMap<>();
  private final SortedMap<String, List<Problem>> remarks = new TreeMap<>();
  private final SortedMap<ResourceKey, SortedSet<String>> holders = new TreeMap<>();
  private SortedMap<String, Problem> lost = Collections.emptySortedMap();

  private final SortedMap<ResourceKey, Change> told = new TreeMap<>();
  private final SortedMap<String, List<Problem>> toldRemarks = new TreeMap<>();
  private final SortedSet<ResourceKey> touched = new TreeSet<>();
  private final SortedSet<String> touchedUnits = new TreeSet<>();

  /// What one unit says of one document.
  ///
  /// @param document its newest valid form
  /// @param problems what keeps the newest form out of force; else empty
  private record Claim(Optional<Document> document, List<Problem> problems) {
    Optional<Position> place() {
      return document
          .flatMap(valid -> valid.position(NAME))
          .or(() -> problems.stream().flatMap(problem -> problem.position().stream()).findFirst());
    }
  }

  DocumentLedger(String source) {
    this.source = source;
  }

  /// The units that hold something or were remarked upon.
  Set<String> units() {
    return Collections.unmodifiableSet(claims.keySet());
  }

  boolean holdsDocuments(String unit) {
    return !claims.getOrDefault(unit, Collections.emptySortedMap()).isEmpty();
  }

  /// A unit was read. Where that is not complete, what it held before and does not name now stays.
  void accept(String unit, ReadResult result) {
    SortedMap<ResourceKey, List<Claim>> before =
        claims.getOrDefault(unit, Collections.emptySortedMap());
    SortedMap<ResourceKey, List<Claim>> after = new TreeMap<>();
    List<Problem> said = new ArrayList<>(result.problems());
    for (ReadDocument document : result.documents()) {
      boolean valid = document.document().isPresent();
      after
          .computeIfAbsent(document.key(), _ -> new ArrayList<>())
          .add(new Claim(document.document(), valid ? List.of() : document.problems()));
      if (valid) {
        said.addAll(document.problems());
      }
    }
    if (!result.complete()) {
      before.forEach((key, old) -> after.putIfAbsent(key, kept(unit, key, old)));
    }
    replace(unit, before.keySet(), after);
    remark(unit, said);
  }

  /// A unit is gone, and what it held with it.
  void remove(String unit) {
    replace(
        unit,
        claims.getOrDefault(unit, Collections.emptySortedMap()).keySet(),
        Collections.emptySortedMap());
    claims.remove(unit);
    remark(unit, List.of());
  }

  /// The units of which nothing can be known now, all of them; what they held stays.
  void lose(SortedMap<String, Problem> now) {
    SortedSet<String> changed = new TreeSet<>(lost.keySet());
    changed.addAll(now.keySet());
    changed.removeIf(unit -> Objects.equals(lost.get(unit), now.get(unit)));
    for (String unit : changed) {
      touchedUnits.add(unit);
      touched.addAll(claims.getOrDefault(unit, Collections.emptySortedMap()).keySet());
    }
    lost = new TreeMap<>(now);
  }

  /// What has changed since this was last asked.
  List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    for (ResourceKey key : touched) {
      Change now = change(key);
      boolean news =
          now instanceof Change.Delete ? told.remove(key) != null : !now.equals(told.put(key, now));
      if (news) {
        changes.add(now);
      }
    }
    for (String unit : touchedUnits) {
      List<Problem> now = findings(unit);
      List<Problem> before = now.isEmpty() ? toldRemarks.remove(unit) : toldRemarks.put(unit, now);
      if (!now.equals(before == null ? List.of() : before)) {
        changes.add(new Change.Findings(source, unit, now));
      }
    }
    touched.clear();
    touchedUnits.clear();
    return changes;
  }

  private void replace(
      String unit, Set<ResourceKey> before, SortedMap<ResourceKey, List<Claim>> after) {
    for (ResourceKey key : before) {
      touched.add(key);
      SortedSet<String> units = holders.getOrDefault(key, Collections.emptySortedSet());
      units.remove(unit);
      if (units.isEmpty()) {
        holders.remove(key);
      }
    }
    for (ResourceKey key : after.keySet()) {
      touched.add(key);
      holders.computeIfAbsent(key, _ -> new TreeSet<>()).add(unit);
    }
    claims.put(unit, after);
  }

  private void remark(String unit, List<Problem> said) {
    touchedUnits.add(unit);
    remarks.put(unit, List.copyOf(said));
  }

  private List<Problem> findings(String unit) {
    List<Problem> findings = new ArrayList<>(remarks.getOrDefault(unit, List.of()));
    Optional.ofNullable(lost.get(unit)).ifPresent(findings::add);
    return findings;
  }

  private Change change(ResourceKey key) {
    SortedSet<String> units = holders.getOrDefault(key, Collections.emptySortedSet());
    if (units.isEmpty()) {
      return new Change.Delete(source, key);
    }
    String unit = units.first();
    List<Claim> all = claimsOf(unit, key);
    if (units.size() > 1 || all.size() > 1) {
      return new Change.Invalid(source, key, duplicates(units, key));
    }
    List<Problem> problems = new ArrayList<>(all.getFirst().problems());
    Optional.ofNullable(lost.get(unit)).ifPresent(problems::add);
    Optional<Document> document = all.getFirst().document();
    return document.isPresent() && problems.isEmpty()
        ? new Change.Upsert(source, document.get())
        : new Change.Invalid(source, key, problems);
  }

  private List<Claim> claimsOf(String unit, ResourceKey key) {
    return claims.getOrDefault(unit, Collections.emptySortedMap()).getOrDefault(key, List.of());
  }

  /// The claims of an older form of a unit that can't be read as a whole any more.
  private static List<Claim> kept(String unit, ResourceKey key, List<Claim> old) {
    Problem why =
        FileProblems.about(
            key, unit, "no longer readable to its end, " + key + " may or may not be in it");
    return old.stream().map(claim -> new Claim(claim.document(), List.of(why))).toList();
  }

  private List<Problem> duplicates(SortedSet<String> units, ResourceKey key) {
    List<Position> places = new ArrayList<>();
    for (String unit : units) {
      claimsOf(unit, key).forEach(claim -> claim.place().ifPresent(places::add));
    }
    return List.of(
        new Problem(
            Severity.ERROR,
            "duplicate document " + key,
            places.stream().findFirst(),
            FieldPath.ROOT,
            Optional.of(key),
            "delete all but one; until then its last form that stood alone stays in force",
            places.stream().skip(1).map(place -> new Problem.Related(place, "and here")).toList()));
  }
}
