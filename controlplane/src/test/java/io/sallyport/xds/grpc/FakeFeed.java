package io.sallyport.xds.grpc;

import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.SnapshotFeed;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A feed whose snapshot a test sets.
final class FakeFeed implements SnapshotFeed {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot current;

  FakeFeed(Snapshot first) {
    current = first;
  }

  void publish(Snapshot next) {
    current = next;
    listeners.forEach(Runnable::run);
  }

  int listeners() {
    return listeners.size();
  }

  @Override
  public Snapshot current() {
    return current;
  }

  @Override
  public Registration onChange(Runnable listener) {
    Runnable own = listener::run;
    listeners.add(own);
    return () -> listeners.remove(own);
  }
}
