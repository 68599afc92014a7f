package io.sallyport.identity;

import io.sallyport.snapshot.SecretSource;
import io.sallyport.snapshot.SnapshotFeed.Registration;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Everything that a proxy may ask for by SDS: its identity's own secrets, and the roots of outside
/// hosts, which are no secret at all. A proxy is sent only what it asks for, so those that start no
/// TLS to the outside never see the roots. Thread-safe.
public final class ProxySecrets implements SecretSource {
  private final SecretSource identities;
  private final ExternalRoots roots;

  public ProxySecrets(SecretSource identities, ExternalRoots roots) {
    this.identities = identities;
    this.roots = roots;
  }

  @Override
  public Lease lease(String namespace, String serviceAccount, Runnable onChange) {
    return new Both(
        identities.lease(namespace, serviceAccount, onChange), roots, roots.onChange(onChange));
  }

  private static final class Both implements Lease {
    private final Lease identity;
    private final ExternalRoots roots;
    private final Registration registration;
    private volatile Joined joined = new Joined(List.of(), Optional.empty(), List.of());

    /// What was joined last, so that readers get the same object while nothing has changed.
    private record Joined(
        List<VersionedResource> own,
        Optional<VersionedResource> roots,
        List<VersionedResource> all) {}

    Both(Lease identity, ExternalRoots roots, Registration registration) {
      this.identity = identity;
      this.roots = roots;
      this.registration = registration;
    }

    @Override
    public List<VersionedResource> secrets() {
      List<VersionedResource> own = identity.secrets();
      Optional<VersionedResource> trusted = roots.secret();
      Joined last = joined;
      if (last.own() == own && last.roots().equals(trusted)) {
        return last.all();
      }
      List<VersionedResource> all = new ArrayList<>(own);
      trusted.ifPresent(all::add);
      joined = new Joined(own, trusted, List.copyOf(all));
      return joined.all();
    }

    @Override
    public void close() {
      registration.close();
      identity.close();
    }
  }
}
