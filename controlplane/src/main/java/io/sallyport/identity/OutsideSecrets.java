package io.sallyport.identity;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.SnapshotFeed.Registration;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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

  private record Held(Wanted wanted, String stamp, Optional<VersionedResource> secret) {}

  /// Which secrets there are to be from now on, no two of one name.
  public void follow(List<Wanted> wanted) {
    update(Optional.of(List.copyOf(wanted)));
  }

  /// Looks at the files again.
  public void refresh() {
    update(Optional.empty());
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
      held.replaceAll((_, before) -> look(before));
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
              ? new Held(each, "", Optional.empty())
              : new Held(each, same.stamp(), same.secret()));
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

  private static Held look(Held before) {
    Wanted wanted = before.wanted();
    String stamp = "";
    try {
      stamp = stamp(wanted);
      return stamp.equals(before.stamp())
          ? before
          : new Held(wanted, stamp, Optional.of(read(wanted)));
    } catch (NoSuchFileException e) {
      if (!before.stamp().equals(GONE)) {
        log.error("'{}', which a rule needs for TLS to outside hosts, is not there", e.getFile());
      }
      return new Held(
          wanted,
          GONE,
          switch (wanted) {
            case Roots roots ->
                Optional.of(ExternalRoots.secret(roots.name(), NobodysRoot.CERTIFICATE));
            case ClientCertificate _, Given _ -> Optional.empty();
          });
    } catch (IOException | GeneralSecurityException e) {
      if (!stamp.equals(before.stamp())) {
        log.error("'{}' is of no use for TLS to outside hosts: {}", wanted.name(), e.getMessage());
      }
      return new Held(wanted, stamp, before.secret());
    }
  }

  private static String stamp(Wanted wanted) throws IOException {
    return switch (wanted) {
      case Roots roots -> stamp(List.of(roots.file()));
      case ClientCertificate client -> stamp(List.of(client.certificate(), client.key()));
      case Given given -> given.certificate() + given.key();
    };
  }

  private static String stamp(List<Path> files) throws IOException {
    StringBuilder stamp = new StringBuilder();
    for (Path file : files) {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      stamp
          .append(attributes.size())
          .append(' ')
          .append(attributes.lastModifiedTime())
          .append(' ')
          .append(attributes.fileKey())
          .append('\n');
    }
    return stamp.toString();
  }

  private static VersionedResource read(Wanted wanted)
      throws IOException, GeneralSecurityException {
    Secret.Builder secret = Secret.newBuilder().setName(wanted.name());
    switch (wanted) {
      case Roots roots ->
          secret.setValidationContext(
              CertificateValidationContext.newBuilder()
                  .setTrustedCa(
                      inline(Pem.of(PemFiles.certificates(Files.readAllBytes(roots.file()))))));
      case ClientCertificate client ->
          secret.setTlsCertificate(
              pair(Files.readAllBytes(client.certificate()), Files.readAllBytes(client.key())));
      case Given given ->
          secret.setTlsCertificate(pair(ascii(given.certificate()), ascii(given.key())));
    }
    return VersionedResource.of(ResourceType.SECRET, wanted.name(), secret.build(), List.of());
  }

  private static byte[] ascii(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }

  private static TlsCertificate pair(byte[] certificate, byte[] key)
      throws IOException, GeneralSecurityException {
    CertifiedKey pair = new CertifiedKey(PemFiles.certificates(certificate), PemFiles.key(key));
    if (!pair.belongTogether()) {
      throw new GeneralSecurityException("the key is not the certificate's");
    }
    return TlsCertificate.newBuilder()
        .setCertificateChain(inline(Pem.of(pair.chain())))
        .setPrivateKey(inline(Pem.of(pair.key())))
        .build();
  }

  private static DataSource inline(String text) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
  }
}
