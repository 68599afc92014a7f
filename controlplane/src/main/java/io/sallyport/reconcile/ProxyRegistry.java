package io.sallyport.reconcile;

import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.policy.problem.Printable;
import io.sallyport.snapshot.SecretSource;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import io.sallyport.xds.Admission;
import io.sallyport.xds.ProxyId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/// Admits proxies and gives each what it is entitled to, now and as the mesh changes. The registry
/// says what a workload is; a certificate says whose proxy it is; the node only says which of the
/// certificate's workloads it means and where it wants to listen.
///
/// Thread-safe: one lock guards the model, the proxies in use and the board of their scopes, and is
/// held by the reconciler while it publishes and by a stream while it is admitted.
public final class ProxyRegistry implements Admission {
  private final SecretSource secrets;
  private final ReconcileEvents events;
  private final FaultHandler faults;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<ProxyFeed, Target> feeds = new LinkedHashMap<>();
  private final Map<Target, Integer> users = new HashMap<>();
  private final List<Runnable> untold = new ArrayList<>();
  private final ScopeBoard board;
  private Optional<MeshModel> model = Optional.empty();

  /// @param compiler a view's resources but endpoints and secrets; pure
  /// @param endpointCompiler a service's endpoints; pure
  public ProxyRegistry(
      Function<ScopeView, Collection<VersionedResource>> compiler,
      Function<ServiceEndpoints, VersionedResource> endpointCompiler,
      SecretSource secrets,
      List<ReconcileEvents> listeners,
      FaultHandler faults,
      InstantSource clock) {
    this.secrets = secrets;
    this.events = new GuardedEvents(listeners, faults);
    this.faults = faults;
    this.clock = clock;
    this.board = new ScopeBoard(compiler, endpointCompiler, events, faults, clock);
  }

  @Override
  public Decision admit(PeerCertificate peer, Claims claims) {
    Optional<NodeId> node = NodeId.parse(claims.id());
    if (node.isEmpty()) {
      return new Refused(
          "node.id is %s, expected %s".formatted(Printable.quote(claims.id()), NodeId.FORM));
    }
    Optional<String> mismatch = Claim.mismatch(node.get(), peer);
    if (mismatch.isPresent()) {
      return new Refused(mismatch.get());
    }
    try {
      return admit(new Claim(node.get(), peer, NodeMetadata.read(claims.metadata())));
    } catch (NodeMetadata.InvalidMetadataException e) {
      return new Refused(e.reason());
    }
  }

  private Decision admit(Claim claim) {
    return exclusively(() -> {
      if (model.isEmpty()) {
        return new NotReady("not every source of documents was read yet");
      }
      Optional<String> refusal = claim.refusal(model.get());
      if (refusal.isPresent()) {
        return new Refused(refusal.get());
      }
      Entitlement entitlement = claim.entitlement(model.get()).orElseThrow();
      if (board.snapshot(entitlement.target()).isEmpty()) {
        return new NotReady("a fault of the control plane: nothing was compiled for this proxy");
      }
      ProxyFeed feed = new ProxyFeed(this, claim, entitlement);
      return new Admitted(feed.proxy(), feed);
    });
  }

  /// The model is another: every proxy in use gets what it is entitled to now. One whose claim
  /// holds no more keeps its stream, and loses every route and the renewal of its secrets.
  ///
  /// @param received when the change came in
  void publish(MeshModel newModel, Instant received) {
    exclusively(() -> {
      model = Optional.of(newModel);
      feeds.replaceAll((feed, before) -> retarget(feed, before, newModel));
      users.clear();
      feeds.values().forEach(target -> users.merge(target, 1, Integer::sum));
      board.model(newModel, users.keySet());
      Map<Target, Optional<Snapshot>> snapshots = new HashMap<>();
      users.keySet().forEach(target -> snapshots.put(target, board.snapshot(target)));
      board.dropUnusedEndpoints();
      feeds.forEach((feed, target) ->
          snapshots
              .getOrDefault(target, Optional.empty())
              .ifPresent(snapshot -> assign(feed, snapshot, received)));
      return feeds.size();
    });
  }

  private Target retarget(ProxyFeed feed, Target before, MeshModel newModel) {
    Optional<Entitlement> entitlement = feed.claim().entitlement(newModel);
    if (entitlement.isEmpty()) {
      feed.release();
      return new Target(before.scope(), false);
    }
    guarded(
        "leasing the secrets of " + feed.proxy(),
        () -> feed.hold(entitlement.get().serviceAccount()));
    return entitlement.get().target();
  }

  private void assign(ProxyFeed feed, Snapshot snapshot, Instant received) {
    guarded(
        "assigning a snapshot to " + feed.proxy(),
        () -> {
          if (feed.assign(snapshot)) {
            changed(feed, received);
          }
        });
  }

  private void changed(ProxyFeed feed, Instant received) {
    events.assigned(feed.proxy(), feed.current(), received);
    untold.addAll(feed.listeners());
  }

  /// A feed gets a listener; with its first it comes into use.
  void open(ProxyFeed feed, Runnable listener) {
    // Issuing a certificate may take a while: not under the lock.
    ProxyFeed.Held lease = feed.lease(feed.admitted().serviceAccount());
    exclusively(() -> {
      if (feeds.containsKey(feed)) {
        lease.lease().close();
      } else {
        start(feed, lease);
      }
      return feed.listeners().add(listener);
    });
  }

  private void start(ProxyFeed feed, ProxyFeed.Held lease) {
    feed.hold(lease);
    try {
      // The mesh may have changed since the admission.
      Target target = retarget(feed, feed.admitted().target(), model.orElseThrow());
      Snapshot snapshot = board.snapshot(target).orElseThrow();
      feeds.put(feed, target);
      users.merge(target, 1, Integer::sum);
      feed.assign(snapshot);
      changed(feed, clock.instant());
    } catch (RuntimeException | Error e) {
      stop(feed);
      throw e;
    }
  }

  /// A feed loses a listener; with its last it is used no more.
  void close(ProxyFeed feed, Runnable listener) {
    exclusively(() -> {
      boolean removed = feed.listeners().remove(listener);
      if (feed.listeners().isEmpty()) {
        stop(feed);
      }
      return removed;
    });
  }

  /// A scope is dropped with its last user.
  private void stop(ProxyFeed feed) {
    feed.release();
    Target target = feeds.remove(feed);
    if (target != null && users.merge(target, -1, Integer::sum) == 0) {
      users.remove(target);
      board.drop(target);
    }
  }

  /// The secrets of a feed were renewed.
  void secretsChanged(ProxyFeed feed) {
    exclusively(() -> {
      if (feeds.containsKey(feed) && feed.refresh()) {
        changed(feed, clock.instant());
      }
      return feed;
    });
  }

  /// The snapshot of every proxy in use.
  public Map<ProxyId, Snapshot> snapshots() {
    return exclusively(() -> {
      Map<ProxyId, Snapshot> snapshots = new HashMap<>();
      feeds.keySet().forEach(feed -> snapshots.put(feed.proxy(), feed.current()));
      return snapshots;
    });
  }

  /// The configurations that are kept.
  Set<Target> targets() {
    return exclusively(() -> Set.copyOf(board.targets()));
  }

  /// Does something under the lock, and tells the listeners of what changed after it.
  private <T> T exclusively(Supplier<T> action) {
    List<Runnable> listeners = List.of();
    lock.lock();
    try {
      return action.get();
    } finally {
      if (lock.getHoldCount() == 1) {
        listeners = List.copyOf(untold);
        untold.clear();
      }
      lock.unlock();
      listeners.forEach(listener -> guarded("telling a stream of a change", listener));
    }
  }

  SecretSource secrets() {
    return secrets;
  }

  /// Runs what must not disturb others.
  private void guarded(String doing, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      faults.fault(doing, e);
    }
  }
}
