package io.sallyport.identity;

import io.sallyport.snapshot.SnapshotFeed.Registration;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What rules name for TLS to outside hosts, from files: authorities of their own, and client
/// certificates with their keys, each a secret of its own name. Only the accounts of the gateways
/// that need one have it. A driver calls [#refresh] every so often, which finds out what became of
/// the files.
///
/// With the file of an authority gone nobody is trusted in its place. With one of a client
/// certificate gone, its secret is gone: a gateway that starts then does not connect, but Envoy
/// never gives up a secret that it has, so one that runs goes on with it until the rule changes.
/// What can't be read, or a key that does not belong to its certificate (yet), leaves the secret as
/// it was. Thread-safe.
public final class OutsideSecrets {
  private static final Logger log = LoggerFactory.getLogger(OutsideSecrets.class);
  private static final String GONE = "gone";

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Held> held = new HashMap<>();
  private volatile Map<Account, List<VersionedResource>> byAccount = Map.of();
  private volatile Map<String, Complaint> complaints = Map.of();

  /// A service account of the mesh.
  public record Account(String namespace, String name) {}

  /// A secret that rules ask for.
  public sealed interface Wanted {
    /// What proxies ask for it by.
    String name();

    Set<Account> readers();

    /// The same for the readers of both.
    default Wanted with(Wanted other) {
      Set<Account> both = new HashSet<>(readers());
      both.addAll(other.readers());
      return switch (this) {
        case Roots roots -> new Roots(roots.name(), roots.file(), both);
        case ClientCertificate client ->
            new ClientCertificate(client.name(), client.certificate(), client.key(), both);
        case Given given -> new Given(given.name(), given.certificate(), given.key(), both);
      };
    }
  }

  /// Who may sign certificates of the hosts of a rule.
  ///
  /// @param file certificates in PEM
  public record Roots(String name, Path file, Set<Account> readers) implements Wanted {
    public Roots {
      readers = Set.copyOf(readers);
    }
  }

  /// What a gateway shows to the hosts of a rule.
  ///
  /// @param certificate PEM, with those that signed it behind it
  /// @param key PEM, not encrypted
  public record ClientCertificate(String name, Path certificate, Path key, Set<Account> readers)
      implements Wanted {
    public ClientCertificate {
      readers = Set.copyOf(readers);
    }
  }

  /// As [ClientCertificate], of which the texts themselves are known.
  public record Given(String name, String certificate, String key, Set<Account> readers)
      implements Wanted {
    public Given {
      readers = Set.copyOf(readers);
    }

    @Override
    public String toString() {
      return "Given[" + name + "]";
    }
  }

  private record Held(
      Wanted wanted,
      String stamp,
      Optional<VersionedResource> secret,
      Optional<Complaint> complaint) {
    static Held nothing(Wanted wanted) {
      return new Held(wanted, "", Optional.empty(), Optional.empty());
    }
  }

  /// Which secrets there are to be from now on, no two of one name.
  public void follow(List<Wanted> wanted) {
    update(Optional.of(List.copyOf(wanted)));
  }

  /// Looks at the files again.
  public void refresh() {
    update(Optional.empty());
  }

  /// Why some secrets are not as they were last written, by their names.
  public Map<String, Complaint> complaints() {
    return complaints;
  }

  /// What [#complaints] would say of a secret that was never held before.
  public static Optional<Complaint> check(Wanted wanted) {
    return look(Held.nothing(wanted)).complaint();
  }

  /// The secrets of an account, sorted; the same object as long as nothing has changed.
  List<VersionedResource> secrets(Account account) {
    return byAccount.getOrDefault(account, List.of());
  }

  /// Calls `listener` after what [#secrets] gives has changed, from any thread.
  Registration onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void update(Optional<List<Wanted>> now) {
    synchronized (this) {
      now.ifPresent(this::replace);
      held.replaceAll((_, before) -> lookAndSay(before));
      complaints = complained();
      Map<Account, List<VersionedResource>> next = shared();
      if (next.equals(byAccount)) {
        return;
      }
      byAccount = next;
    }
    listeners.forEach(Runnable::run);
  }

  private void replace(List<Wanted> wanted) {
    Map<String, Held> before = Map.copyOf(held);
    held.clear();
    for (Wanted each : wanted) {
      Held same = before.get(each.name());
      held.put(
          each.name(),
          same == null
              ? Held.nothing(each)
              : new Held(each, same.stamp(), same.secret(), same.complaint()));
    }
  }

  private Map<Account, List<VersionedResource>> shared() {
    Map<Account, List<VersionedResource>> next = new HashMap<>();
    for (Held each : new TreeMap<>(held).values()) {
      each.secret()
          .ifPresent(secret ->
              each.wanted()
                  .readers()
                  .forEach(
                      reader -> next.computeIfAbsent(reader, _ -> new ArrayList<>()).add(secret)));
    }
    next.replaceAll((account, secrets) -> {
      List<VersionedResource> before = secrets(account);
      return before.equals(secrets) ? before : List.copyOf(secrets);
    });
    return Map.copyOf(next);
  }

  private Map<String, Complaint> complained() {
    Map<String, Complaint> now = new HashMap<>();
    held.forEach((name, each) -> each.complaint().ifPresent(why -> now.put(name, why)));
    return Map.copyOf(now);
  }

  private static Held lookAndSay(Held before) {
    Held after = look(before);
    after
        .complaint()
        .filter(why -> !before.complaint().equals(Optional.of(why)))
        .ifPresent(why ->
            log.error("of no use for TLS to outside hosts: {}: {}", after.wanted().name(), why));
    return after;
  }

  private static Held look(Held before) {
    Wanted wanted = before.wanted();
    String stamp = "";
    try {
      stamp = OutsideSecretFiles.stamp(wanted);
      return stamp.equals(before.stamp())
          ? before
          : new Held(wanted, stamp, Optional.of(OutsideSecretFiles.read(wanted)), Optional.empty());
    } catch (NoSuchFileException e) {
      return new Held(
          wanted,
          GONE,
          switch (wanted) {
            case Roots roots ->
                Optional.of(ExternalRoots.secret(roots.name(), NobodysRoot.CERTIFICATE));
            case ClientCertificate _, Given _ -> Optional.empty();
          },
          Optional.of(Complaint.of(e)));
    } catch (IOException | GeneralSecurityException e) {
      return new Held(wanted, stamp, before.secret(), Optional.of(Complaint.of(e)));
    }
  }
}
