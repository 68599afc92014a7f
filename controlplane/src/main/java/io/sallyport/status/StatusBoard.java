package io.sallyport.status;

import io.sallyport.mesh.Linked;
import io.sallyport.mesh.Scope;
import io.sallyport.policy.problem.Problem;
import io.sallyport.reconcile.ReconcileEvents;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import io.sallyport.xds.ProxyId;
import io.sallyport.xds.XdsEvents;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// What is in force: hears what the reconciler publishes and what proxies acknowledge, and answers
/// from both. It claims nothing that no proxy has acknowledged.
///
/// Thread-safe. Events take a lock for a moment; answers copy what they need under it and do their
/// work outside. A proxy that disconnects is forgotten.
public final class StatusBoard implements XdsEvents, ReconcileEvents {
  private final InstantSource clock;
  private final Metrics metrics;
  private final Supplier<Map<String, Instant>> renewals;
  private final Function<Linked, List<Problem>> beyond;

  private final Map<ProxyId, Proxy> proxies = new HashMap<>();
  private final Map<Long, ProxyStream> streams = new HashMap<>();
  private final PolicyTimes times = new PolicyTimes();
  private Optional<Linked> linked = Optional.empty();

  /// What a proxy is to have, and its streams: more than one only while an old one times out.
  private static final class Proxy {
    Optional<Snapshot> wanted = Optional.empty();
    final List<ProxyStream> streams = new ArrayList<>();
  }

  /// @param renewals when the next certificate of each identity is due, by SPIFFE ID
  /// @param beyond what else is wrong now with linked documents, which linking can't know
  public StatusBoard(
      InstantSource clock,
      Metrics metrics,
      Supplier<Map<String, Instant>> renewals,
      Function<Linked, List<Problem>> beyond) {
    this.clock = clock;
    this.metrics = metrics;
    this.renewals = renewals;
    this.beyond = beyond;
  }

  @Override
  public synchronized void linked(Linked newest, Instant received, Duration took) {
    linked = Optional.of(newest);
    times.linked(newest, received);
    metrics.linked(took, newest.problems());
  }

  @Override
  public void compiled(Scope scope, Snapshot snapshot, Duration took) {
    metrics.compiled(took);
  }

  @Override
  public synchronized void assigned(ProxyId id, Snapshot snapshot, Instant received) {
    Proxy proxy = proxies.get(id);
    if (proxy != null) {
      proxy.wanted = Optional.of(snapshot);
      boolean alone = proxy.streams.size() == 1;
      proxy.streams.stream()
          .filter(stream -> alone || !stream.holdings.isAllOf(snapshot))
          .forEach(stream -> stream.assign(received));
    }
  }

  @Override
  public synchronized void connected(
      long stream, ProxyId proxy, String encoding, String userAgent) {
    ProxyStream connected = new ProxyStream(proxy, encoding, userAgent, clock.instant());
    streams.put(stream, connected);
    proxies.computeIfAbsent(proxy, _ -> new Proxy()).streams.add(connected);
    metrics.connected(streams.size());
  }

  @Override
  public void sent(
      long stream,
      ResourceType type,
      List<VersionedResource> changed,
      List<String> removed,
      long bytes) {
    metrics.sent(type, bytes);
  }

  @Override
  public synchronized void held(long id, ResourceType type, List<VersionedResource> resources) {
    stream(id).ifPresent(stream -> stream.holdings.accept(type, resources, List.of()));
  }

  @Override
  public synchronized void accepted(
      long id, ResourceType type, List<VersionedResource> changed, List<String> removed) {
    Instant now = clock.instant();
    stream(id)
        .ifPresent(stream ->
            times.acked(stream.accept(type, changed, removed, now), now, stream.behindSince));
  }

  @Override
  public void acked(long stream, ResourceType type) {
    metrics.acked(type);
  }

  @Override
  public void nacked(long id, ResourceType type, String message, List<VersionedResource> suspects) {
    metrics.nacked(type);
    synchronized (this) {
      stream(id).ifPresent(stream -> stream.refuse(type, message, suspects, clock.instant()));
    }
  }

  @Override
  public synchronized void synced(long id, Snapshot snapshot) {
    Optional<ProxyStream> synced = stream(id);
    if (synced.isEmpty()) {
      return;
    }
    ProxyStream stream = synced.get();
    Instant now = clock.instant();
    times.acked(stream.sync(snapshot), now, stream.behindSince);
    boolean isNewest =
        Optional.ofNullable(proxies.get(stream.proxy))
            .flatMap(proxy -> proxy.wanted)
            .filter(stream.holdings::isAllOf)
            .isPresent();
    if (isNewest) {
      stream.behindSince.ifPresent(since -> metrics.changeToAck(Duration.between(since, now)));
      stream.behindSince = Optional.empty();
    }
  }

  @Override
  public synchronized void disconnected(long id, String reason) {
    ProxyStream gone = streams.remove(id);
    if (gone != null) {
      proxies.computeIfPresent(
          gone.proxy,
          (_, proxy) -> {
            proxy.streams.remove(gone);
            return proxy.streams.isEmpty() ? null : proxy;
          });
    }
    metrics.connected(streams.size());
  }

  /// Who is connected.
  public ProxyReport proxies() {
    return report().proxies(renewals.get());
  }

  /// What is in force.
  public MeshReport mesh() {
    return report().mesh(beyond);
  }

  private synchronized Report report() {
    List<Report.Proxy> observed = new ArrayList<>();
    for (Proxy proxy : proxies.values()) {
      for (ProxyStream stream : proxy.streams) {
        Snapshot wanted = proxy.wanted.orElse(stream.holdings.synced());
        observed.add(new Report.Proxy(stream.copy(), wanted));
      }
    }
    return new Report(clock.instant(), linked, times.copy(), observed);
  }

  private Optional<ProxyStream> stream(long id) {
    return Optional.ofNullable(streams.get(id));
  }
}
