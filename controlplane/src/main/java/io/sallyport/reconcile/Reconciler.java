package io.sallyport.reconcile;

import io.sallyport.mesh.Change;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.ResourceImage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The one writer: takes what the sources say, folds it into the image, links it and publishes what
/// follows. Nothing is published before every source has said [Change.Resync] once.
///
/// One thread of its own runs the loop; [#offer] is called by any.
public final class Reconciler implements AutoCloseable {
  /// When to try again what failed although it was time.
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final ProxyRegistry proxies;
  private final ReconcileEvents events;
  private final FaultHandler faults;
  private final InstantSource clock;
  private final Inbox inbox;
  private final SortedSet<String> unread;
  private volatile SortedSet<String> waitingFor;
  private ResourceImage image = ResourceImage.EMPTY;
  private Instant unpublished = Instant.MAX;

  /// When the same documents mean something else.
  private Instant changesAt = Instant.MAX;

  private @Nullable Thread thread;

  /// @param sources the names of the sources that must be read before anything is published
  public Reconciler(
      Collection<String> sources,
      ProxyRegistry proxies,
      List<ReconcileEvents> listeners,
      FaultHandler faults,
      InstantSource clock) {
    this.proxies = proxies;
    this.events = new GuardedEvents(listeners, faults);
    this.faults = faults;
    this.clock = clock;
    this.inbox = new Inbox(clock);
    this.unread = new TreeSet<>(sources);
    this.waitingFor = Collections.unmodifiableSortedSet(new TreeSet<>(sources));
  }

  /// Takes changes that belong together; they are reconciled together. Returns at once.
  public void offer(List<Change> changes) {
    inbox.offer(changes);
  }

  /// The sources that were not read yet; once it is empty it stays so, and proxies are admitted.
  public SortedSet<String> waitingFor() {
    return waitingFor;
  }

  /// Starts the loop.
  public synchronized void start() {
    if (thread != null) {
      throw new IllegalStateException("already started");
    }
    thread = Thread.ofPlatform().name("reconciler").start(this::run);
  }

  private void run() {
    try {
      Optional<Batch> batch = inbox.take(changesAt);
      while (batch.isPresent()) {
        handle(batch.get());
        batch = inbox.take(changesAt);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the loop after the batch in hand.
  @Override
  public synchronized void close() {
    inbox.close();
    if (thread == null) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// One turn of the loop without waiting: false where nothing was pending. Only where [#start] was
  /// not called.
  boolean step() {
    Optional<Batch> batch =
        inbox
            .poll()
            .or(() ->
                clock.instant().isBefore(changesAt)
                    ? Optional.empty()
                    : Optional.of(new Batch(List.of(), clock.instant())));
    batch.ifPresent(this::handle);
    return batch.isPresent();
  }

  private void handle(Batch batch) {
    try {
      boolean wasReady = unread.isEmpty();
      boolean onlyResync = !batch.changes().isEmpty();
      for (Change change : batch.changes()) {
        if (change instanceof Change.Resync(String source)) {
          unread.remove(source);
        } else {
          onlyResync = false;
        }
      }
      image = image.with(batch.changes());
      if (unpublished.isAfter(batch.received())) {
        unpublished = batch.received();
      }
      if (unread.isEmpty() && !(wasReady && onlyResync)) {
        reconcile(unpublished);
      }
      if (unread.isEmpty()) {
        unpublished = Instant.MAX;
      }
    } catch (RuntimeException | Error e) {
      faults.fault("reconciling", e);
    } finally {
      waitingFor = Collections.unmodifiableSortedSet(new TreeSet<>(unread));
    }
  }

  private void reconcile(Instant received) {
    Instant start = clock.instant();
    changesAt = start.plus(RETRY);
    Linked linked = MeshModel.link(image.at(start));
    changesAt = linked.changesAt().orElse(Instant.MAX);
    Duration took = Duration.between(start, clock.instant());
    image = image.accept(linked);
    events.linked(linked, received, took);
    proxies.publish(linked.model(), received);
  }
}
