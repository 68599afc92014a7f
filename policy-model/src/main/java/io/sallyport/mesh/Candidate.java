package io.sallyport.mesh;

import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Resource;
import io.sallyport.policy.ResourceKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/// One document that may come into force: the forms that were readable, and of which source.
///
/// @param forms the newest readable form, then the last that linked; without repetition
/// @param readable whether the first form is the newest
record Candidate(ResourceKey key, String source, List<Document> forms, boolean readable) {
  /// Older first: by `metadata.creationTimestamp` (a document without one counts as the youngest),
  /// then namespace, name and kind. Of two documents that contradict each other the older is kept.
  static final Comparator<Candidate> BY_AGE =
      Comparator.comparing((Candidate candidate) -> candidate.created().orElse(Instant.MAX))
          .thenComparing(candidate -> candidate.key().namespace())
          .thenComparing(candidate -> candidate.key().name())
          .thenComparing(candidate -> candidate.key().kind());

  /// The candidates of an image, in the order of their keys: of documents with one key the one of
  /// the first source by name; the others are reported.
  static List<Candidate> of(ResourceImage image, LinkReport report) {
    List<Candidate> candidates = new ArrayList<>();
    image
        .entries()
        .forEach((key, bySource) -> {
          Candidate kept = null;
          for (Map.Entry<String, ResourceImage.Entry> entry : bySource.entrySet()) {
            report.addAll(entry.getValue().problems());
            Candidate candidate = of(key, entry.getKey(), entry.getValue());
            if (kept == null) {
              kept = candidate;
              candidates.add(candidate);
            } else {
              reportDuplicate(kept, candidate, report);
            }
          }
        });
    return candidates;
  }

  private static Candidate of(ResourceKey key, String source, ResourceImage.Entry entry) {
    SequencedSet<Document> forms = new LinkedHashSet<>();
    entry.document().ifPresent(forms::add);
    entry.accepted().ifPresent(forms::add);
    return new Candidate(key, source, List.copyOf(forms), entry.readable());
  }

  private static void reportDuplicate(Candidate kept, Candidate other, LinkReport report) {
    LinkReport.Place[] places =
        kept.forms().stream()
            .limit(1)
            .map(first -> new LinkReport.Place(first, FieldPath.ROOT, "kept: the first source"))
            .toArray(LinkReport.Place[]::new);
    other.forms().stream()
        .limit(1)
        .forEach(document ->
            report.add(
                LinkReport.error(
                    document,
                    FieldPath.ROOT,
                    "%s comes from two sources, `%s` and `%s`"
                        .formatted(other.key(), kept.source(), other.source()),
                    "only the one of `%s` counts; delete one of them".formatted(kept.source()),
                    places)));
  }

  /// The newest readable form, marked in `report` as in force: the whole of linking for kinds that
  /// always link.
  Optional<Document> inForce(LinkReport report) {
    Optional<Document> newest = forms.stream().findFirst();
    report.state(this, newest.isEmpty() ? Form.NONE : wholeForm(0), newest);
    return newest;
  }

  /// What to call the form at that index when it is in force whole.
  Form wholeForm(int index) {
    return index == 0 && readable ? Form.NEWEST : Form.LAST_VALID;
  }

  private Optional<Instant> created() {
    return forms.stream()
        .findFirst()
        .map(Document::resource)
        .map(Resource::metadata)
        .flatMap(Metadata::creationTimestamp);
  }
}
