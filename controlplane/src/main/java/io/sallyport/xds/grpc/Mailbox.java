package io.sallyport.xds.grpc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs the tasks of one stream one after the other, on threads shared by all streams.
final class Mailbox implements Executor {
  /// After so many tasks a stream lets others have the thread.
  private static final int TURN = 16;

  private final Executor threads;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /// @param threads runs what it is given, at any time, on any thread; tasks do not throw
  Mailbox(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    schedule();
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        threads.execute(this::turn);
      } catch (RejectedExecutionException e) {
        // The server has stopped: no stream has anything left to do.
        tasks.clear();
      }
    }
  }

  private void turn() {
    try {
      for (int i = 0; i < TURN; i++) {
        Runnable task = tasks.poll();
        if (task == null) {
          break;
        }
        task.run();
      }
    } finally {
      scheduled.set(false);
      if (!tasks.isEmpty()) {
        schedule();
      }
    }
  }
}
