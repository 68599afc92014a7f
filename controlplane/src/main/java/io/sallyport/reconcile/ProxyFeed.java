package io.sallyport.reconcile;

import io.sallyport.snapshot.SecretSource;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.SnapshotFeed;
import io.sallyport.snapshot.VersionedResource;
import io.sallyport.xds.ProxyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// What one admitted proxy receives: its scope's snapshot with its identity's secrets. It is in use
/// while a registration is open; then [ProxyRegistry] assigns it what its claim entitles it to.
///
/// Thread-safe: the registry's lock guards it, but for `current`, which readers take as it is.
final class ProxyFeed implements SnapshotFeed {
  private final ProxyRegistry registry;
  private final Claim claim;
  private final ProxyId proxy;
  private final Entitlement admitted;
  private final List<Runnable> listeners = new ArrayList<>();
  private Optional<Held> held = Optional.empty();
  private Snapshot scopeSnapshot = Snapshot.EMPTY;
  private List<VersionedResource> secrets = List.of();
  private volatile Optional<Snapshot> current = Optional.empty();

  /// The lease on the secrets of one account.
  record Held(String serviceAccount, SecretSource.Lease lease) {}

  /// @param admitted what the claim entitled to when it was admitted
  ProxyFeed(ProxyRegistry registry, Claim claim, Entitlement admitted) {
    this.registry = registry;
    this.claim = claim;
    this.admitted = admitted;
    this.proxy =
        new ProxyId(
            NodeId.name(claim.node().kind()), claim.node().namespace(), claim.node().workload());
  }

  Claim claim() {
    return claim;
  }

  ProxyId proxy() {
    return proxy;
  }

  Entitlement admitted() {
    return admitted;
  }

  @Override
  public Snapshot current() {
    return current.orElseThrow(
        () -> new IllegalStateException("the feed of " + proxy + " has no listener"));
  }

  @Override
  public Registration onChange(Runnable listener) {
    registry.open(this, listener);
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      if (closed.compareAndSet(false, true)) {
        registry.close(this, listener);
      }
    };
  }

  List<Runnable> listeners() {
    return listeners;
  }

  /// A lease on the secrets of an account, not held yet.
  Held lease(String serviceAccount) {
    return new Held(
        serviceAccount,
        registry
            .secrets()
            .lease(proxy.namespace(), serviceAccount, () -> registry.secretsChanged(this)));
  }

  /// Holds the secrets of an account, and gives back those of another.
  void hold(String serviceAccount) {
    if (held.filter(now -> now.serviceAccount().equals(serviceAccount)).isEmpty()) {
      release();
      hold(lease(serviceAccount));
    }
  }

  void hold(Held lease) {
    held = Optional.of(lease);
  }

  /// Gives the secrets back: they are not renewed for it any more. What was delivered stays.
  void release() {
    held.ifPresent(before -> before.lease().close());
    held = Optional.empty();
  }

  /// From now on its scope's snapshot is this, and its secrets are the newest. True where that is a
  /// change.
  boolean assign(Snapshot newScopeSnapshot) {
    List<VersionedResource> newSecrets = held.map(now -> now.lease().secrets()).orElse(secrets);
    if (newScopeSnapshot == scopeSnapshot && newSecrets == secrets && current.isPresent()) {
      return false;
    }
    scopeSnapshot = newScopeSnapshot;
    secrets = newSecrets;
    Snapshot next = newScopeSnapshot.with(newSecrets);
    if (current.filter(next::equals).isPresent()) {
      return false;
    }
    current = Optional.of(next);
    return true;
  }

  /// As above, where only the secrets may have changed.
  boolean refresh() {
    return assign(scopeSnapshot);
  }
}
