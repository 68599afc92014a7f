package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one stream knows of one type: what the client wants, what it has, and the one update that
/// is on its way to it.
final class TypeState {
  /// Envoy gives up warming, and answers, after 15 s.
  private static final int MOST_LATE = 8;

  private final long stream;
  private final ResourceType type;
  private final Pace pace;
  private final XdsEvents events;
  private final Subscription subscription = new Subscription();
  private final Holdings holdings = new Holdings();
  private final Batching batching;
  private final Subscriber subscriber;

  /// The client waits for an answer even if there is nothing to tell.
  private boolean owed;

  private @Nullable Update update;

  /// Updates that were not answered in time, the oldest first; their answers still count.
  private final Deque<Update> late = new ArrayDeque<>();

  /// The difference to [#compared]; null if it has to be computed again.
  private @Nullable Difference difference;

  private String compared = "";

  TypeState(long stream, ResourceType type, Encoding encoding, Pace pace, XdsEvents events) {
    this.stream = stream;
    this.type = type;
    this.pace = pace;
    this.events = events;
    this.batching = Batching.of(encoding, type, pace.pieceBytes());
    this.subscriber = new Subscriber(stream, type, subscription, holdings, batching, events);
  }

  boolean isOpen() {
    return subscription.isOpen();
  }

  /// Takes a client's request.
  ///
  /// @return why the stream can't go on; empty if it can
  Optional<String> receive(Request request, View view) {
    if (!request.nonce().isEmpty()) {
      answer(request.nonce(), request.error());
    }
    Subscriber.Effect effect = subscriber.receive(request, view);
    owed |= effect.owed();
    if (effect.changed()) {
      difference = null;
    }
    return subscription.names().size() > pace.maxNames()
        ? Optional.of(
            "%d names of type %s, at most %d are served"
                .formatted(subscription.names().size(), type.shortName(), pace.maxNames()))
        : Optional.empty();
  }

  private void answer(String nonce, Optional<String> error) {
    Piece piece = update == null ? null : update.answered(nonce);
    if (update != null && piece != null) {
      late.clear();
      if (error.isPresent()) {
        update.refuse();
        refuse(piece, error.get());
      } else {
        batching.accept(piece, subscription, holdings);
        events.accepted(stream, type, piece.changed(), piece.removed());
      }
      finish(update);
    } else {
      answerLate(nonce, error);
    }
  }

  /// Answers come in the order of what they answer; so what is older than the one that is answered
  /// now never will be.
  private void answerLate(String nonce, Optional<String> error) {
    if (late.stream().noneMatch(waiting -> waiting.awaits(nonce))) {
      return;
    }
    while (!late.getFirst().awaits(nonce)) {
      late.removeFirst();
    }
    Update slow = late.getFirst();
    Piece piece = Objects.requireNonNull(slow.answered(nonce));
    if (error.isPresent()) {
      batching.doubt(piece, holdings);
      slow.refuse();
      refuse(piece, error.get());
    } else {
      batching.confirm(piece, subscription, holdings);
      events.accepted(stream, type, piece.changed(), piece.removed());
    }
    difference = null;
    finish(slow);
  }

  private void refuse(Piece piece, String message) {
    List<VersionedResource> changed = piece.changed();
    List<VersionedResource> named = Suspects.in(message, piece.resources());
    if (named.isEmpty() && changed.size() == 1) {
      named = changed;
    }
    events.nacked(stream, type, message, named.isEmpty() ? changed : named);
    List<VersionedResource> taken = batching.refuse(piece, named, subscription, holdings);
    if (!taken.isEmpty()) {
      events.accepted(stream, type, taken, List.of());
    }
    difference = null;
  }

  private void finish(Update asked) {
    if (!asked.isDone()) {
      return;
    }
    if (asked == update) {
      update = null;
    } else {
      late.remove(asked);
    }
    if (!batching.sendsAllAtOnce()) {
      difference = null;
    }
    if (!asked.isRefused()) {
      events.acked(stream, type);
    }
  }

  /// Stops waiting for an answer that should have come: the client is taken to have what it got.
  void expire(Instant now) {
    Update slow = update;
    if (slow == null || slow.hasUnsent() || now.isBefore(slow.lastSent().plus(pace.answerWait()))) {
      return;
    }
    slow.unanswered().forEach(piece -> batching.assume(piece, holdings));
    late.addLast(slow);
    if (late.size() > MOST_LATE) {
      late.removeFirst();
    }
    update = null;
    difference = null;
  }

  /// When [#expire] will have something to do.
  Optional<Instant> expiry() {
    return update == null || update.hasUnsent()
        ? Optional.empty()
        : Optional.of(update.lastSent().plus(pace.answerWait()));
  }

  /// The client needs to hear this again.
  void repeat(String name) {
    holdings.repeat(name);
    difference = null;
  }

  /// Gives up what was not sent yet. What was is still to be answered.
  void dropUnsent() {
    if (update != null && update.hasUnsent()) {
      update.dropUnsent();
      difference = null;
      tellSent(update);
      finish(update);
    }
  }

  boolean isBusy() {
    return update != null;
  }

  boolean hasUnsent() {
    return update != null && update.hasUnsent();
  }

  boolean wantsUpsert(View view) {
    return isOpen()
        && !isBusy()
        && (owed && batching.answersEmpty()
            || !difference(view).upserts().isEmpty()
            || (batching.tellsMissing() && !difference(view).missing().isEmpty()));
  }

  boolean wantsRemoval(View view) {
    return isOpen()
        && !isBusy()
        && batching.tellsRemoved()
        && !difference(view).removals().isEmpty();
  }

  boolean hasParked(View view) {
    return isOpen() && !isBusy() && difference(view).parked();
  }

  /// Whether the client has acknowledged everything that it is to have.
  boolean isSynced(View view) {
    return !isOpen()
        || (!isBusy()
            && !holdings.hasAssumed()
            && !wantsUpsert(view)
            && !wantsRemoval(view)
            && !hasParked(view));
  }

  private Difference difference(View view) {
    Difference known = difference;
    if (known != null && compared.equals(view.key())) {
      return known;
    }
    Difference fresh = holdings.compare(subscription, view);
    difference = fresh;
    compared = view.key();
    return fresh;
  }

  void startUpsert(View view) {
    Difference todo = difference(view);
    update = new Update(batching.upserts(todo, subscription, view, holdings));
    difference = new Difference(List.of(), List.of(), todo.removals(), todo.parked());
    owed = false;
  }

  void startRemoval(View view) {
    Difference todo = difference(view);
    update = new Update(batching.removals(todo, subscription, view, holdings));
    difference = new Difference(todo.upserts(), todo.missing(), List.of(), todo.parked());
  }

  /// Takes the next piece of the update under way; there is one.
  Piece take() {
    return Objects.requireNonNull(update, "nothing is under way").take();
  }

  /// Makes the response that carries a piece just taken.
  Response send(Piece piece, String nonce, View view, Instant now) {
    Update sending = Objects.requireNonNull(update, "nothing is under way");
    for (VersionedResource resource : piece.changed()) {
      holdings.leaves(resource.name());
    }
    piece.removed().forEach(holdings::leaves);
    Response response = batching.response(nonce, piece, subscription, view, holdings);
    sending.sent(nonce, piece, response.size(), now);
    if (!sending.hasUnsent()) {
      tellSent(sending);
    }
    return response;
  }

  private void tellSent(Update whole) {
    events.sent(stream, type, whole.changed(), whole.removed(), whole.bytes());
  }
}
