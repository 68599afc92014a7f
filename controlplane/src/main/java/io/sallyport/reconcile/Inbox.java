package io.sallyport.reconcile;

import io.sallyport.mesh.Change;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where sources put changes and the reconciler takes them. The first change after a pause goes at
/// once; those that follow gather, but never longer than one gap (and while the reconciler is
/// busy), whether or not more keep coming. Thread-safe; its size is bounded by the number of
/// documents, since changes of one document collapse.
public final class Inbox {
  /// The least time from one batch to the next.
  static final Duration GAP = Duration.ofMillis(20);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PendingChanges pending = new PendingChanges();
  private Instant received = Instant.MAX;
  private Instant nextBatch = Instant.MIN;
  private boolean closed;

  Inbox(InstantSource clock) {
    this.clock = clock;
  }

  /// Adds changes that belong together: they are taken together.
  public void offer(List<Change> changes) {
    lock.lock();
    try {
      if (changes.isEmpty() || closed) {
        return;
      }
      if (pending.isEmpty()) {
        received = clock.instant();
      }
      changes.forEach(pending::add);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the next batch; empty once the inbox is closed.
  Optional<Batch> take() throws InterruptedException {
    return take(Instant.MAX);
  }

  /// As [#take()], but at `wake` a batch without changes is taken, if nothing else came before.
  Optional<Batch> take(Instant wake) throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        if (pending.isEmpty()) {
          Instant now = clock.instant();
          if (!now.isBefore(wake)) {
            return Optional.of(new Batch(List.of(), now));
          }
          await(now, wake);
          continue;
        }
        Duration wait = untilNextBatch();
        if (wait.isZero()) {
          return poll();
        }
        changed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// Until something comes or it is time. A clock that is set forward is noticed within a minute.
  private void await(Instant now, Instant wake) throws InterruptedException {
    boolean soon = wake.isBefore(now.plus(LONGEST_WAIT));
    Duration wait = soon ? Duration.between(now, wake) : LONGEST_WAIT;
    changed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// How long what is pending has to wait yet.
  Duration untilNextBatch() {
    lock.lock();
    try {
      Instant now = clock.instant();
      if (!now.isBefore(nextBatch)) {
        return Duration.ZERO;
      }
      // A clock that was set back must not stop us.
      Duration wait = Duration.between(now, nextBatch);
      return wait.compareTo(GAP) > 0 ? GAP : wait;
    } finally {
      lock.unlock();
    }
  }

  /// All that is pending, without waiting; empty where nothing is.
  Optional<Batch> poll() {
    lock.lock();
    try {
      if (pending.isEmpty()) {
        return Optional.empty();
      }
      nextBatch = clock.instant().plus(GAP);
      return Optional.of(new Batch(pending.drain(), received));
    } finally {
      lock.unlock();
    }
  }

  /// Ends it: what is pending is forgotten, and nothing more is taken.
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
