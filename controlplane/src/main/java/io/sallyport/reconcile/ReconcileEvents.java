package io.sallyport.reconcile;

import io.sallyport.mesh.Linked;
import io.sallyport.mesh.Scope;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.xds.ProxyId;
import java.time.Duration;
import java.time.Instant;

/// What the reconciler does, told to whoever shows it. Implementations are thread-safe and must not
/// block; one that throws disturbs nobody but is reported as a fault.
public interface ReconcileEvents {
  /// Changes were linked: this is the model now, these are its problems, and this is the form in
  /// which each document is in force. Told before anything of it reaches a proxy.
  ///
  /// @param received when the first of the changes came in
  /// @param took how long linking took
  default void linked(Linked linked, Instant received, Duration took) {}

  /// A scope's view was compiled, because it is new or because it has changed.
  ///
  /// @param snapshot the scope's resources, without any identity's secrets
  default void compiled(Scope scope, Snapshot snapshot, Duration took) {}

  /// A connected proxy is to have another snapshot (by identity, the one its stream will speak of).
  ///
  /// @param received when the change that caused it came in
  default void assigned(ProxyId proxy, Snapshot snapshot, Instant received) {}
}
