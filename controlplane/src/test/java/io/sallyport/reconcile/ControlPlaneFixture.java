package io.sallyport.reconcile;

import com.google.protobuf.StringValue;
import io.sallyport.mesh.Change;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.Scope;
import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.policy.Resource;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.SnapshotFeed;
import io.sallyport.snapshot.VersionedResource;
import io.sallyport.xds.Admission;
import io.sallyport.xds.ProxyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/// A reconciler and a registry between fakes, driven step by step: the compiler's output is the
/// text of the view, and time stands still unless told.
final class ControlPlaneFixture {
  final List<ScopeView> compiled = new ArrayList<>();
  final List<ServiceEndpoints> compiledEndpoints = new ArrayList<>();
  final List<String> faults = new CopyOnWriteArrayList<>();
  final List<Linked> linked = new ArrayList<>();
  final List<String> assigned = new ArrayList<>();
  final FakeSecrets secrets = new FakeSecrets();
  final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  Predicate<Object> fails = _ -> false;
  final ProxyRegistry registry;
  final Reconciler reconciler;

  ControlPlaneFixture(ReconcileEvents... more) {
    this(List.of(Mesh.SOURCE), more);
  }

  ControlPlaneFixture(List<String> sources, ReconcileEvents... more) {
    List<ReconcileEvents> events = new ArrayList<>(List.of(more));
    events.add(new Recorder());
    FaultHandler handler = (doing, thrown) -> faults.add(doing + ": " + thrown.getMessage());
    registry =
        new ProxyRegistry(
            this::compile, this::compileEndpoints, secrets, events, handler, now::get);
    reconciler = new Reconciler(sources, registry, events, handler, now::get);
  }

  private final class Recorder implements ReconcileEvents {
    @Override
    public void linked(Linked result, Instant received, Duration took) {
      linked.add(result);
    }

    @Override
    public void compiled(Scope scope, Snapshot snapshot, Duration took) {}

    @Override
    public void assigned(ProxyId proxy, Snapshot snapshot, Instant received) {
      assigned.add(proxy + "@" + received.toEpochMilli());
    }
  }

  private Collection<VersionedResource> compile(ScopeView view) {
    compiled.add(view);
    failIf(view);
    VersionedResource constant =
        VersionedResource.of(
            ResourceType.CLUSTER, "constant", StringValue.of("constant"), List.of());
    return List.of(constant, route(view));
  }

  private static VersionedResource route(ScopeView view) {
    String text =
        switch (view) {
          case SidecarView sidecar -> sidecar.routes().toString();
          case EgressGatewayView gateway -> gateway.listeners().toString();
        };
    return VersionedResource.of(ResourceType.ROUTE, "routes", StringValue.of(text), List.of());
  }

  private VersionedResource compileEndpoints(ServiceEndpoints endpoints) {
    compiledEndpoints.add(endpoints);
    failIf(endpoints);
    return VersionedResource.of(
        ResourceType.ENDPOINT,
        endpoints.service().name(),
        StringValue.of(endpoints.endpoints().toString()),
        List.of());
  }

  private void failIf(Object argument) {
    if (fails.test(argument)) {
      throw new IllegalStateException("a bug");
    }
  }

  /// Offers changes and takes every step that follows.
  void apply(List<Change> changes) {
    reconciler.offer(changes);
    while (reconciler.step()) {}
  }

  void apply(Resource... resources) {
    apply(Mesh.changes(resources));
  }

  void delete(Resource resource) {
    apply(List.of(Mesh.delete(resource)));
  }

  Admission.Decision admit(String nodeId, String account) {
    return admit(nodeId, account, Optional.empty());
  }

  private Admission.Decision admit(String nodeId, String account, Optional<String> workload) {
    String namespace = nodeId.split("~")[1];
    return registry.admit(
        new Admission.PeerCertificate("cluster.local", namespace, account, workload),
        new Admission.Claims(nodeId, Map.of(), "envoy/1.40.0"));
  }

  /// A stream of an admitted proxy.
  final class Stream implements AutoCloseable {
    final SnapshotFeed feed;
    final SnapshotFeed.Registration registration;
    int changes;

    private Stream(SnapshotFeed feed) {
      this.feed = feed;
      this.registration = feed.onChange(() -> changes++);
    }

    Snapshot snapshot() {
      return feed.current();
    }

    /// What the proxy may reach, as the fake compiler wrote it.
    String routes() {
      return text(ResourceType.ROUTE, "routes");
    }

    String text(ResourceType type, String name) {
      VersionedResource resource = feed.current().of(type).get(name);
      return resource == null ? "" : resource.body().getValue().toStringUtf8();
    }

    @Override
    public void close() {
      registration.close();
    }
  }

  Stream connect(String nodeId, String account) {
    return connect(nodeId, account, Optional.empty());
  }

  /// @param workload which the certificate names
  Stream connect(String nodeId, String account, Optional<String> workload) {
    Admission.Decision decision = admit(nodeId, account, workload);
    if (decision instanceof Admission.Admitted admitted) {
      return new Stream(admitted.feed());
    }
    throw new AssertionError("not admitted: " + decision);
  }

  Stream connectSleep() {
    return connect("sidecar~mytest~sleep", "sleep");
  }
}
