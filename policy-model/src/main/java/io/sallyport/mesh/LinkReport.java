package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Gathers, while one image is linked, the problems and the state of each document.
final class LinkReport {
  private final List<Problem> problems = new ArrayList<>();
  private final SortedMap<ResourceKey, DocumentState> documents = new TreeMap<>();

  private Optional<Instant> changesAt = Optional.empty();

  static Problem error(
      Document document, FieldPath field, String message, String help, Place... related) {
    return problem(Severity.ERROR, document, field, message, help, related);
  }

  static Problem warning(
      Document document, FieldPath field, String message, String help, Place... related) {
    return problem(Severity.WARNING, document, field, message, help, related);
  }

  /// A field of another document that a problem is about.
  record Place(Document document, FieldPath field, String note) {}

  private static Problem problem(
      Severity severity,
      Document document,
      FieldPath field,
      String message,
      String help,
      Place... related) {
    List<Problem.Related> places = new ArrayList<>();
    for (Place place : related) {
      place
          .document()
          .position(place.field())
          .ifPresent(position -> places.add(new Problem.Related(position, place.note())));
    }
    return new Problem(
        severity,
        message,
        document.position(field),
        field,
        Optional.of(document.key()),
        help,
        places);
  }

  void add(Problem problem) {
    problems.add(problem);
  }

  void addAll(Collection<Problem> more) {
    problems.addAll(more);
  }

  void state(Candidate candidate, DocumentState.Form form, Optional<Document> inForce) {
    documents.put(
        candidate.key(), new DocumentState(candidate.key(), candidate.source(), form, inForce));
  }

  /// Notes that the image gives something else from a later time on.
  void changesAt(Instant time) {
    if (changesAt.isEmpty() || time.isBefore(changesAt.get())) {
      changesAt = Optional.of(time);
    }
  }

  Linked linked(MeshModel model) {
    return new Linked(model, problems.stream().sorted().distinct().toList(), documents, changesAt);
  }
}
