package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The state of one xDS stream. Requests, snapshots and the time go in; responses come out, each
/// when it is asked for. No thread, no clock, no gRPC; not thread-safe.
///
/// Clusters, listeners and routes are brought from one snapshot to the next as a whole, in
/// [WireOrder], so that a stream of changes never starves the last of them; a snapshot that comes
/// meanwhile waits, and the newest replaces the waiting one. Endpoints and secrets need no such
/// order and are always those of the newest snapshot.
public final class XdsStream {
  private static final List<ResourceType> ORDERED =
      List.of(ResourceType.CLUSTER, ResourceType.LISTENER, ResourceType.ROUTE);

  private static final List<ResourceType> UNORDERED =
      List.of(ResourceType.ENDPOINT, ResourceType.SECRET);

  private final long id;
  private final Pace pace;
  private final XdsEvents events;
  private final Instant opened;
  private final Map<ResourceType, TypeState> states = new EnumMap<>(ResourceType.class);
  private final Map<ResourceType, View> views = new EnumMap<>(ResourceType.class);
  private Snapshot newest;
  private Snapshot target;

  /// Whether the target is the newest, and nothing of an earlier one is on its way any more.
  private boolean settled;

  private @Nullable Snapshot synced;
  private long nonces;

  /// @param id names the stream to `events`
  /// @param first what the client is to have
  /// @param now the time; it only ever goes forward
  public XdsStream(
      long id, Encoding encoding, Pace pace, XdsEvents events, Snapshot first, Instant now) {
    this.id = id;
    this.pace = pace;
    this.events = events;
    this.opened = now;
    this.newest = first;
    this.target = first;
    for (ResourceType type : ResourceType.values()) {
      states.put(type, new TypeState(id, type, encoding, pace, events));
    }
    bring(first, true);
  }

  /// Takes note of what the client is to have from now on. What was not sent yet of an update under
  /// way is given up in its favour.
  public void offer(Snapshot snapshot) {
    if (snapshot == newest) {
      return;
    }
    newest = snapshot;
    boolean stuck = ORDERED.stream().anyMatch(type -> state(type).hasUnsent());
    states.values().forEach(TypeState::dropUnsent);
    if (stuck) {
      bring(newest, false);
    } else if (ORDERED.stream().noneMatch(type -> state(type).isBusy() || wants(type))) {
      adopt();
    } else {
      bring(target, false);
    }
  }

  /// Makes the newest snapshot the one that the client is brought to. Endpoints of clusters that
  /// the client still has remain to be had.
  private void adopt() {
    ORDERED.forEach(type -> views.put(type, View.of(type, newest)));
    bring(newest, !clustersLeave());
  }

  /// @param last whether nothing of an earlier snapshot is on its way any more
  private void bring(Snapshot next, boolean last) {
    target = next;
    settled = last;
    ORDERED.forEach(type -> views.put(type, View.of(type, target)));
    for (ResourceType type : UNORDERED) {
      views.put(type, last ? View.of(type, newest) : view(type).then(type, newest));
    }
  }

  private boolean clustersLeave() {
    return state(ResourceType.CLUSTER).wantsRemoval(view(ResourceType.CLUSTER));
  }

  /// Takes what the client says.
  ///
  /// @return why the stream can't go on; empty if it can
  public Optional<String> receive(Request request) {
    return state(request.type()).receive(request, view(request.type()));
  }

  /// The next response that may go now; empty if everything has gone, or has to wait.
  public Optional<Response> next(Instant now) {
    tick(now);
    for (ResourceType type : ResourceType.values()) {
      if (state(type).hasUnsent()) {
        return Optional.of(send(type, now));
      }
    }
    Optional<ResourceType> started = start(now);
    if (started.isEmpty() && isIdle() && (target != newest || (!settled && !clustersLeave()))) {
      adopt();
      started = start(now);
    }
    if (started.isEmpty()) {
      tellSynced(now);
    }
    return started.map(type -> send(type, now));
  }

  /// Lets time pass: answers that did not come are no longer waited for.
  public void tick(Instant now) {
    states.values().forEach(state -> state.expire(now));
  }

  /// When [#next] may have something although nothing else happened; empty if time changes nothing.
  public Optional<Instant> wakeAt(Instant now) {
    Instant subscribed = opened.plus(pace.subscribeWait());
    Instant wake = now.isBefore(subscribed) ? subscribed : Instant.MAX;
    if (synced != newest && now.isBefore(opened.plus(pace.answerWait()))) {
      wake = min(wake, opened.plus(pace.answerWait()));
    }
    for (TypeState state : states.values()) {
      wake = min(wake, state.expiry().orElse(Instant.MAX));
    }
    return wake.equals(Instant.MAX) ? Optional.empty() : Optional.of(wake);
  }

  private static Instant min(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /// Starts the first update whose turn it is.
  private Optional<ResourceType> start(Instant now) {
    for (WireOrder.Step step : WireOrder.STEPS) {
      TypeState state = state(step.type());
      View view = view(step.type());
      if (step.removal()) {
        if (state.wantsRemoval(view) && mayStart(step, now)) {
          state.startRemoval(view);
          return Optional.of(step.type());
        }
      } else if (state.wantsUpsert(view) && mayStart(step, now)) {
        state.startUpsert(view);
        return Optional.of(step.type());
      }
    }
    return Optional.empty();
  }

  private boolean mayStart(WireOrder.Step step, Instant now) {
    return step.settled().stream().allMatch(type -> isSettled(type, step.removal(), now))
        && step.removed().stream().noneMatch(type -> state(type).wantsRemoval(view(type)))
        && step.unparked().stream().noneMatch(type -> state(type).hasParked(view(type)))
        && (ORDERED.contains(step.type()) || !step.removal() || settled);
  }

  /// Whether a type has nothing more to add or change, and nothing unanswered. A type that the
  /// client has not asked for is waited for at the beginning of a stream, since Envoy asks for all
  /// types at once when it reconnects; before a removal even if there is nothing of it any more,
  /// since the client may have users of what is to go.
  private boolean isSettled(ResourceType type, boolean removal, Instant now) {
    if (!state(type).isOpen()) {
      boolean nothing = !removal && target.of(type).isEmpty();
      return nothing || !now.isBefore(opened.plus(pace.subscribeWait()));
    }
    return !state(type).isBusy() && !state(type).wantsUpsert(view(type));
  }

  /// Whether the ordered types stand still: what they may still want is held up for good, by a
  /// refusal or because nobody asked for what comes before.
  private boolean isIdle() {
    return ORDERED.stream().noneMatch(type -> state(type).isBusy());
  }

  private boolean wants(ResourceType type) {
    return state(type).wantsUpsert(view(type)) || state(type).wantsRemoval(view(type));
  }

  private Response send(ResourceType type, Instant now) {
    synced = null;
    Piece piece = state(type).take();
    if (type == ResourceType.CLUSTER) {
      repeatEndpoints(piece.changed());
    }
    return state(type).send(piece, Long.toString(++nonces), view(type), now);
  }

  /// Envoy keeps a changed cluster warming until it hears of its endpoints again, and does not ask
  /// (xDS protocol, "Resource warming"); nor does it for a new cluster that shares the endpoints of
  /// another.
  private void repeatEndpoints(List<VersionedResource> clusters) {
    for (VersionedResource cluster : clusters) {
      if (!cluster.assignment().isEmpty()) {
        state(ResourceType.ENDPOINT).repeat(cluster.assignment());
      }
    }
  }

  private void tellSynced(Instant now) {
    if (synced == newest || !settled) {
      return;
    }
    boolean early = now.isBefore(opened.plus(pace.answerWait()));
    for (ResourceType type : ResourceType.values()) {
      boolean toBeAsked =
          type != ResourceType.SECRET && !newest.of(type).isEmpty() && !state(type).isOpen();
      if ((early && toBeAsked) || !state(type).isSynced(view(type))) {
        return;
      }
    }
    synced = newest;
    events.synced(id, newest);
  }

  private TypeState state(ResourceType type) {
    return Objects.requireNonNull(states.get(type));
  }

  private View view(ResourceType type) {
    return Objects.requireNonNull(views.get(type));
  }
}
