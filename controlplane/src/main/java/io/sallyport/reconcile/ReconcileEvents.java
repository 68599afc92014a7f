package io.sallyport.reconcile;

import io.sallyport.mesh.Linked;
import io.sallyport.mesh.Scope;
import java.time.Duration;
import java.time.Instant;

/// What the reconciler does, told to whoever shows it. Calls come from the reconciler's thread, in
/// order; implementations are thread-safe and must not block.
public interface ReconcileEvents {
  /// The resources of one scope were compiled.
  void compiled(Scope scope, Duration took);

  /// Changes were linked, and all that follows from them is published: every proxy's feed has it.
  ///
  /// @param changedAt when the oldest of the changes came in
  /// @param linking how long linking took
  void published(Linked linked, Instant changedAt, Duration linking);
}
