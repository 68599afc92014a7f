package io.sallyport.reconcile;

import io.sallyport.mesh.Change;
import java.time.Instant;
import java.util.List;

/// Changes that are reconciled together.
///
/// @param received when the first of them reached the inbox
record Batch(List<Change> changes, Instant received) {
  Batch {
    changes = List.copyOf(changes);
  }
}
