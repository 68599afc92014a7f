package io.sallyport.reconcile;

import io.sallyport.mesh.Linked;
import io.sallyport.mesh.Scope;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.xds.ProxyId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// Tells several listeners, none of whom can disturb the others or the teller.
final class GuardedEvents implements ReconcileEvents {
  private final List<ReconcileEvents> listeners;
  private final FaultHandler faults;

  GuardedEvents(List<ReconcileEvents> listeners, FaultHandler faults) {
    this.listeners = List.copyOf(listeners);
    this.faults = faults;
  }

  @Override
  public void linked(Linked linked, Instant received, Duration took) {
    tell(listener -> listener.linked(linked, received, took));
  }

  @Override
  public void compiled(Scope scope, Snapshot snapshot, Duration took) {
    tell(listener -> listener.compiled(scope, snapshot, took));
  }

  @Override
  public void assigned(ProxyId proxy, Snapshot snapshot, Instant received) {
    tell(listener -> listener.assigned(proxy, snapshot, received));
  }

  private void tell(Consumer<ReconcileEvents> event) {
    for (ReconcileEvents listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException | Error e) {
        faults.fault("telling " + listener.getClass().getName(), e);
      }
    }
  }
}
