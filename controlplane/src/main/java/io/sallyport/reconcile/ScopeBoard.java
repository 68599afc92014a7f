package io.sallyport.reconcile;

import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.mesh.ServicePort;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The newest snapshot of every scope in use, compiled only when its view has become another.
/// Endpoints are compiled once per service and shared. Not thread-safe.
final class ScopeBoard {
  private final Function<ScopeView, Collection<VersionedResource>> compiler;
  private final Function<ServiceEndpoints, VersionedResource> endpointCompiler;
  private final ReconcileEvents events;
  private final FaultHandler faults;
  private final InstantSource clock;
  private final Map<Target, Published> published = new HashMap<>();
  private final Map<Target, ScopeView> failed = new HashMap<>();
  private final Map<ServicePort, Endpoints> endpoints = new HashMap<>();
  private MeshModel model = MeshModel.EMPTY;

  /// What a view became.
  ///
  /// @param resources the view's own, then the endpoints of the services it names
  private record Published(
      ScopeView view,
      Collection<VersionedResource> compiled,
      List<VersionedResource> resources,
      Snapshot snapshot) {}

  /// @param of the model of which they are
  /// @param resource empty where they could never be compiled
  private record Endpoints(
      MeshModel of, ServiceEndpoints endpoints, Optional<VersionedResource> resource) {}

  ScopeBoard(
      Function<ScopeView, Collection<VersionedResource>> compiler,
      Function<ServiceEndpoints, VersionedResource> endpointCompiler,
      ReconcileEvents events,
      FaultHandler faults,
      InstantSource clock) {
    this.compiler = compiler;
    this.endpointCompiler = endpointCompiler;
    this.events = events;
    this.faults = faults;
    this.clock = clock;
  }

  /// Everything asked from now on is of this model; what is not in use is dropped.
  void model(MeshModel newModel, Set<Target> inUse) {
    model = newModel;
    published.keySet().retainAll(inUse);
    failed.keySet().retainAll(inUse);
  }

  void drop(Target target) {
    published.remove(target);
    failed.remove(target);
  }

  /// Forgets the endpoints that no view named since the model came.
  void dropUnusedEndpoints() {
    endpoints.values().removeIf(each -> each.of() != model);
  }

  Set<Target> targets() {
    return published.keySet();
  }

  /// The snapshot of a target, the same object as long as nothing in it has changed. Where
  /// compiling fails, that is a fault, and the target keeps what it had (nothing, if it is new)
  /// until its view has become another.
  Optional<Snapshot> snapshot(Target target) {
    Optional<Published> last = Optional.ofNullable(published.get(target));
    try {
      ScopeView view = target.view(model);
      if (!view.equals(failed.get(target))) {
        failed.put(target, view);
        published.put(target, publish(target, view, last));
        failed.remove(target);
      }
    } catch (RuntimeException | Error e) {
      faults.fault("compiling " + target.scope(), e);
    }
    return Optional.ofNullable(published.get(target)).map(Published::snapshot);
  }

  private Published publish(Target target, ScopeView view, Optional<Published> last) {
    Instant start = clock.instant();
    Optional<Published> same = last.filter(published -> published.view().equals(view));
    Collection<VersionedResource> compiled =
        same.map(Published::compiled).orElseGet(() -> List.copyOf(compiler.apply(view)));
    List<VersionedResource> resources = new ArrayList<>(compiled);
    view.services().forEach(service -> endpoints(service).ifPresent(resources::add));
    if (last.isPresent() && resources.equals(last.get().resources())) {
      Published unchanged = last.get();
      return new Published(view, unchanged.compiled(), unchanged.resources(), unchanged.snapshot());
    }
    Snapshot fresh = Snapshot.of(resources);
    Snapshot snapshot = last.map(Published::snapshot).map(fresh::sharing).orElse(fresh);
    if (same.isEmpty()) {
      events.compiled(target.scope(), snapshot, Duration.between(start, clock.instant()));
    }
    return new Published(view, compiled, List.copyOf(resources), snapshot);
  }

  private Optional<VersionedResource> endpoints(ServicePort service) {
    Optional<Endpoints> last = Optional.ofNullable(endpoints.get(service));
    if (last.isPresent() && last.get().of() == model) {
      return last.get().resource();
    }
    ServiceEndpoints now = model.endpoints(service);
    Optional<VersionedResource> resource = last.flatMap(Endpoints::resource);
    if (last.isEmpty() || !last.get().endpoints().equals(now)) {
      try {
        resource = Optional.of(endpointCompiler.apply(now));
      } catch (RuntimeException | Error e) {
        faults.fault("compiling the endpoints of " + service, e);
      }
    }
    endpoints.put(service, new Endpoints(model, now, resource));
    return resource;
  }
}
