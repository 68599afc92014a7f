package io.sallyport.identity;

import io.sallyport.snapshot.SecretSource;
import io.sallyport.snapshot.VersionedResource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The SVIDs of the identities in use, as Envoy's secrets: issued when first asked for, kept on
/// disk across restarts, replaced at half their life while someone uses them, forgotten at that
/// time when nobody does. A driver calls [#renewDue] every so often. Thread-safe: each identity has
/// its own lock.
public final class WorkloadSecrets implements SecretSource {
  private static final Logger log = LoggerFactory.getLogger(WorkloadSecrets.class);

  /// A changed lifetime replaces certificates over this share of it, not all at once.
  private static final double SPREAD = 0.1;

  private final CertificateAuthority authority;
  private final SvidStore store;
  private final InstantSource clock;
  private final Map<SpiffeId, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong issued = new AtomicLong();
  private volatile Duration lifetime;

  /// @param lifetime of a certificate, from its issue
  public WorkloadSecrets(
      CertificateAuthority authority, Path data, Duration lifetime, InstantSource clock) {
    this.authority = authority;
    this.store = new SvidStore(data, authority.root());
    this.clock = clock;
    this.lifetime = lifetime;
    store.sweep(clock.instant());
  }

  /// @throws IdentityException for names that are none, and for the control plane's own identity
  @Override
  public Lease lease(String namespace, String serviceAccount, Runnable onChange) {
    SpiffeId id = new SpiffeId(authority.trustDomain(), namespace, serviceAccount);
    while (true) {
      Entry entry = entries.computeIfAbsent(id, Entry::new);
      Optional<Lease> lease = entry.lease(onChange);
      if (lease.isPresent()) {
        return lease.get();
      }
    }
  }

  /// Replaces what is due, forgets what is due and unused, and tells the users of what changed.
  public void renewDue() {
    for (Entry entry : entries.values()) {
      entry.renewDue();
    }
  }

  /// Sets the lifetime of what is issued from now on. What would outlive it is replaced soon:
  /// within a tenth of the new lifetime.
  public void lifetime(Duration newLifetime) {
    if (newLifetime.equals(lifetime)) {
      return;
    }
    lifetime = newLifetime;
    for (Entry entry : entries.values()) {
      entry.shorten(newLifetime);
    }
  }

  /// When the certificate of each identity in use ends, by SPIFFE ID.
  public SortedMap<String, Instant> expiries() {
    SortedMap<String, Instant> expiries = new TreeMap<>();
    for (Entry entry : entries.values()) {
      entry.expiry().ifPresent(expiry -> expiries.put(entry.id.toString(), expiry));
    }
    return expiries;
  }

  /// When the certificate of each identity in use is to be replaced, by SPIFFE ID.
  public SortedMap<String, Instant> renewals() {
    SortedMap<String, Instant> renewals = new TreeMap<>();
    for (Entry entry : entries.values()) {
      entry.renewal().ifPresent(renewal -> renewals.put(entry.id.toString(), renewal));
    }
    return renewals;
  }

  /// How many certificates were issued since the start.
  public long issued() {
    return issued.get();
  }

  /// How often a certificate could not be kept on disk, or read from it.
  public long storeFailures() {
    return store.failures();
  }

  /// A certificate, its form as secrets, and when it is to be replaced.
  private record Current(Svid svid, List<VersionedResource> secrets, Instant due) {}

  /// One identity. Its fields are guarded by its lock; users are told outside of it.
  private final class Entry {
    private final SpiffeId id;
    private final List<Use> users = new CopyOnWriteArrayList<>();
    private volatile Optional<Current> current = Optional.empty();
    private boolean forgotten;

    Entry(SpiffeId id) {
      this.id = id;
    }

    /// Empty when the entry was forgotten meanwhile.
    synchronized Optional<Lease> lease(Runnable onChange) {
      if (forgotten) {
        return Optional.empty();
      }
      Instant now = clock.instant();
      if (current.isEmpty()) {
        current = Optional.of(kept(now).orElseGet(this::issue));
      } else if (users.isEmpty() && current.get().svid().isDue(now)) {
        current = Optional.of(issue());
      }
      Use use = new Use(this, onChange);
      users.add(use);
      return Optional.of(use);
    }

    void renewDue() {
      if (replaceIfDue()) {
        for (Use use : users) {
          try {
            use.onChange.run();
          } catch (RuntimeException e) {
            log.error("a listener failed on new secrets of {}", id, e);
          }
        }
      }
    }

    private synchronized boolean replaceIfDue() {
      Instant now = clock.instant();
      if (forgotten
          || current.isEmpty()
          || (now.isBefore(current.get().due()) && !current.get().svid().isDue(now))) {
        return false;
      }
      if (users.isEmpty()) {
        forgotten = true;
        entries.remove(id, this);
        store.delete(id);
        return false;
      }
      try {
        current = Optional.of(issue());
        return true;
      } catch (RuntimeException e) {
        log.error("the certificate of {} could not be replaced", id, e);
        return false;
      }
    }

    synchronized void shorten(Duration newLifetime) {
      Instant now = clock.instant();
      current =
          current.map(was -> {
            if (!was.svid().outlives(newLifetime, now)) {
              return was;
            }
            double wait = newLifetime.toMillis() * SPREAD * was.svid().spread();
            Instant soon = now.plusMillis(Math.round(wait));
            return soon.isBefore(was.due()) ? new Current(was.svid(), was.secrets(), soon) : was;
          });
    }

    synchronized Optional<Instant> expiry() {
      return users.isEmpty() ? Optional.empty() : current.map(is -> is.svid().expiresAt());
    }

    synchronized Optional<Instant> renewal() {
      return users.isEmpty() ? Optional.empty() : current.map(Current::due);
    }

    private Optional<Current> kept(Instant now) {
      return store
          .read(id, now)
          .filter(svid -> !svid.isDue(now) && !svid.outlives(lifetime, now))
          .map(this::current);
    }

    private Current issue() {
      Svid svid = authority.issueWorkload(id, Optional.empty(), lifetime);
      issued.incrementAndGet();
      store.write(svid);
      return current(svid);
    }

    private Current current(Svid svid) {
      return new Current(
          svid, SecretCompiler.compile(svid, authority.trustBundlePem()), svid.renewAt());
    }
  }

  private static final class Use implements Lease {
    private final Entry entry;
    private final Runnable onChange;

    Use(Entry entry, Runnable onChange) {
      this.entry = entry;
      this.onChange = onChange;
    }

    @Override
    public List<VersionedResource> secrets() {
      return entry.current.orElseThrow().secrets();
    }

    @Override
    public void close() {
      entry.users.remove(this);
    }
  }
}
