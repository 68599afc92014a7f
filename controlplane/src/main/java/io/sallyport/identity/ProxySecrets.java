package io.sallyport.identity;

import io.sallyport.snapshot.SecretSource;
import io.sallyport.snapshot.SnapshotFeed.Registration;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Everything that a proxy may ask for by SDS: its identity's own secrets, the roots of outside
/// hosts, which are no secret at all, and what rules name for TLS of its own gateway. A proxy is
/// sent only what it asks for, so those that start no TLS to the outside never see the roots.
/// Thread-safe.
public final class ProxySecrets implements SecretSource {
  private final SecretSource identities;
  private final ExternalRoots roots;
  private final OutsideSecrets outside;

  public ProxySecrets(SecretSource identities, ExternalRoots roots, OutsideSecrets outside) {
    this.identities = identities;
    this.roots = roots;
    this.outside = outside;
  }

  @Override
  public Lease lease(String namespace, String serviceAccount, Runnable onChange) {
    return new All(
        identities.lease(namespace, serviceAccount, onChange),
        new OutsideSecrets.Account(namespace, serviceAccount),
        List.of(roots.onChange(onChange), outside.onChange(onChange)));
  }

  private final class All implements Lease {
    private final Lease identity;
    private final OutsideSecrets.Account account;
    private final List<Registration> registrations;
    private volatile Joined joined = new Joined(List.of(), Optional.empty(), List.of(), List.of());

    /// What was joined last, so that readers get the same object while nothing has changed.
    private record Joined(
        List<VersionedResource> own,
        Optional<VersionedResource> roots,
        List<VersionedResource> ofRules,
        List<VersionedResource> all) {}

    All(Lease identity, OutsideSecrets.Account account, List<Registration> registrations) {
      this.identity = identity;
      this.account = account;
      this.registrations = registrations;
    }

    @Override
    public List<VersionedResource> secrets() {
      List<VersionedResource> own = identity.secrets();
      Optional<VersionedResource> trusted = roots.secret();
      List<VersionedResource> ofRules = outside.secrets(account);
      Joined last = joined;
      if (last.own() == own && last.roots().equals(trusted) && last.ofRules() == ofRules) {
        return last.all();
      }
      List<VersionedResource> all = new ArrayList<>(own);
      trusted.ifPresent(all::add);
      all.addAll(ofRules);
      Joined next = new Joined(own, trusted, ofRules, List.copyOf(all));
      joined = next;
      return next.all();
    }

    @Override
    public void close() {
      registrations.forEach(Registration::close);
      identity.close();
    }
  }
}
