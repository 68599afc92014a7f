package io.sallyport.snapshot;

/// What one proxy is to receive, now and later. It is in use, and holds what that takes, from the
/// first registration to the end of the last. Thread-safe.
public interface SnapshotFeed {
  /// The newest snapshot: its scope's resources and its identity's secrets. Not before the first
  /// [#onChange].
  Snapshot current();

  /// Calls `listener` after [#current] has changed, from any thread, until the registration is
  /// closed. The listener must not block; calls may be merged.
  Registration onChange(Runnable listener);

  /// Ends something; more than once does no harm.
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
