package io.sallyport.identity;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.SnapshotFeed.Registration;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who may sign certificates of outside hosts: the roots of the machine that the control plane runs
/// on, certificate files, or both, as one secret that all gateways share. It travels from here, so
/// that it makes no difference what a gateway's own image holds. A driver calls [#refresh] every so
/// often, which finds out what became of the files.
///
/// A file that is gone takes its roots along; one that is there and can't be read keeps them. With
/// no root at all gateways connect to nobody. Thread-safe.
public final class ExternalRoots {
  /// The name of the secret.
  static final String NAME = "external-roots";

  /// Where systems keep their roots: Debian and its descendants, Alpine; Fedora and its
  /// descendants; SUSE; BSD and macOS.
  private static final List<Path> SYSTEM_FILES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  private static final Logger log = LoggerFactory.getLogger(ExternalRoots.class);
  private static final String GONE = "gone";

  private final Map<Path, Held> held = new HashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private Wanted wanted = new Wanted(false, List.of());
  private volatile Optional<VersionedResource> secret = Optional.empty();
  private volatile Map<Path, Complaint> complaints = Map.of();

  private record Wanted(boolean system, List<Path> files) {}

  /// What a file looked like and held when it was last looked at.
  private record Held(String stamp, List<X509Certificate> roots, Optional<Complaint> complaint) {
    static final Held NOTHING = new Held("", List.of(), Optional.empty());
  }

  /// Whom to trust from now on.
  ///
  /// @param files certificates in PEM, one or more a file
  public void trust(boolean systemRoots, List<Path> files) {
    update(Optional.of(new Wanted(systemRoots, List.copyOf(files))));
  }

  /// Looks at the files again.
  public void refresh() {
    update(Optional.empty());
  }

  /// The roots as Envoy takes them; empty until [#trust] says whose.
  public Optional<VersionedResource> secret() {
    return secret;
  }

  /// Which files are not there or can't be read, and why.
  public Map<Path, Complaint> complaints() {
    return complaints;
  }

  /// What [#complaints] would say of a file that was never read before.
  public static Optional<Complaint> check(Path file) {
    return look(file, Held.NOTHING).complaint();
  }

  /// Calls `listener` after [#secret] has changed, from any thread.
  Registration onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void update(Optional<Wanted> now) {
    synchronized (this) {
      wanted = now.orElse(wanted);
      List<Path> files = new ArrayList<>(wanted.files());
      Optional<Path> system = SYSTEM_FILES.stream().filter(Files::isReadable).findFirst();
      if (wanted.system()) {
        system.ifPresent(files::add);
      }
      held.keySet().retainAll(files);
      boolean changed = now.isPresent();
      for (Path file : files) {
        changed |= look(file);
      }
      complaints = complained();
      if (!changed) {
        return;
      }
      SequencedSet<X509Certificate> roots = new LinkedHashSet<>();
      files.forEach(file -> roots.addAll(held.getOrDefault(file, Held.NOTHING).roots()));
      if (wanted.system() && system.isEmpty()) {
        roots.addAll(rootsOfThePlatform());
      }
      Optional<VersionedResource> next =
          Optional.of(secret(NAME, roots.isEmpty() ? NobodysRoot.CERTIFICATE : List.copyOf(roots)));
      if (next.equals(secret)) {
        return;
      }
      secret = next;
      log.info("{} roots are trusted to sign certificates of outside hosts", roots.size());
    }
    listeners.forEach(Runnable::run);
  }

  private Map<Path, Complaint> complained() {
    Map<Path, Complaint> now = new HashMap<>();
    held.forEach((file, each) -> each.complaint().ifPresent(why -> now.put(file, why)));
    return Map.copyOf(now);
  }

  /// True where the file is another than before.
  private boolean look(Path file) {
    Held before = held.getOrDefault(file, Held.NOTHING);
    Held after = look(file, before);
    held.put(file, after);
    after
        .complaint()
        .filter(why -> !before.complaint().equals(Optional.of(why)))
        .ifPresent(
            why -> log.error("'{}' does not say who signs for outside hosts: {}", file, why));
    return !after.stamp().equals(before.stamp());
  }

  private static Held look(Path file, Held before) {
    String stamp = "";
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      stamp = attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey();
      if (stamp.equals(before.stamp())) {
        return before;
      }
      List<X509Certificate> roots = PemFiles.certificatesIfAny(PemFiles.read(file));
      return new Held(
          stamp,
          roots,
          roots.isEmpty() ? Optional.of(Complaint.of(PemFiles.NO_CERTIFICATE)) : Optional.empty());
    } catch (NoSuchFileException e) {
      return new Held(GONE, List.of(), Optional.of(Complaint.of(e)));
    } catch (IOException | GeneralSecurityException e) {
      return new Held(stamp, before.roots(), Optional.of(Complaint.of(e)));
    }
  }

  /// Those that come with Java, where the system has none.
  private static List<X509Certificate> rootsOfThePlatform() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      @Nullable KeyStore itsOwn = null;
      factory.init(itsOwn);
      List<X509Certificate> roots = new ArrayList<>();
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          roots.addAll(List.of(x509.getAcceptedIssuers()));
        }
      }
      return roots;
    } catch (GeneralSecurityException e) {
      throw new IdentityException("the Java platform's own roots can't be read", e);
    }
  }

  /// A secret that names whom to trust.
  static VersionedResource secret(String name, List<X509Certificate> roots) {
    Secret secret =
        Secret.newBuilder()
            .setName(name)
            .setValidationContext(
                CertificateValidationContext.newBuilder()
                    .setTrustedCa(
                        DataSource.newBuilder()
                            .setInlineBytes(ByteString.copyFromUtf8(Pem.of(roots)))))
            .build();
    return VersionedResource.of(ResourceType.SECRET, name, secret, List.of());
  }
}
