package io.sallyport.status;

import io.sallyport.mesh.DocumentState;
import io.sallyport.mesh.Linked;
import io.sallyport.policy.Document;
import io.sallyport.policy.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Since when each document is as it is, and since when proxies have it so. Not thread-safe:
/// [StatusBoard] guards it.
final class PolicyTimes {
  private final Map<String, Times> times = new HashMap<>();

  /// @param form what is in force of it
  /// @param formSince when that came in
  /// @param acked when a proxy last acknowledged something new of it
  /// @param changeToAck how long that took from the change that was the cause
  record Times(
      Optional<Resource> form,
      Instant formSince,
      Optional<Instant> acked,
      Optional<Duration> changeToAck) {}

  void linked(Linked linked, Instant received) {
    Set<String> known = new HashSet<>();
    for (DocumentState state : linked.documents().values()) {
      String document = state.key().toString();
      Optional<Resource> form = state.inForce().map(Document::resource);
      known.add(document);
      Times before = times.get(document);
      if (before == null || !before.form.equals(form)) {
        times.put(document, new Times(form, received, Optional.empty(), Optional.empty()));
      }
    }
    times.keySet().retainAll(known);
  }

  /// A proxy acknowledged something new of these documents.
  ///
  /// @param cause when the change that was the cause came in; empty where it was none
  void acked(Set<String> documents, Instant now, Optional<Instant> cause) {
    for (String document : documents) {
      times.computeIfPresent(
          document,
          (_, before) ->
              cause.isPresent() || before.acked.isEmpty()
                  ? new Times(
                      before.form,
                      before.formSince,
                      Optional.of(now),
                      cause.map(from -> Duration.between(from, now)))
                  : before);
    }
  }

  Map<String, Times> copy() {
    return Map.copyOf(times);
  }
}
