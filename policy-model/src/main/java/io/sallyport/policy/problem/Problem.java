package io.sallyport.policy.problem;

import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One thing that a user should know about a document.
///
/// @param message what is wrong, with the offending and the expected value; lower case, no final
///   period
/// @param position where it stands; empty only where there is no text, as for a missing directory
/// @param field the field it is about; [FieldPath#ROOT] for the document as a whole
/// @param resource the document it is about, where that is known
/// @param help what to do, without "help:" or "="; empty where the message says all
/// @param related other places that belong to it, each with a note
public record Problem(
    Severity severity,
    String message,
    Optional<Position> position,
    FieldPath field,
    Optional<ResourceKey> resource,
    String help,
    List<Related> related)
    implements Comparable<Problem> {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing((Problem problem) -> problem.position.orElse(new Position("", 0, 0)))
          .thenComparing(Problem::severity)
          .thenComparing(Problem::message);

  public Problem {
    related = List.copyOf(related);
  }

  /// Another place that a problem is about.
  public record Related(Position position, String note) {}

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }
}
