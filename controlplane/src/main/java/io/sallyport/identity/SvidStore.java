package io.sallyport.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SVIDs on disk, `DATA/svids/NS/SA.pem`, so that a restart issues nothing anew. It is a cache:
/// what can't be read is issued again, what can't be written is served from memory; both are logged
/// and counted.
final class SvidStore {
  private static final Logger log = LoggerFactory.getLogger(SvidStore.class);

  private final Path directory;
  private final X509Certificate root;
  private final AtomicLong failures = new AtomicLong();

  SvidStore(Path data, X509Certificate root) {
    this.directory = data.resolve("svids");
    this.root = root;
  }

  /// The kept SVID of that identity, if it is whole and valid at `now`.
  Optional<Svid> read(SpiffeId id, Instant now) {
    Path file = file(id);
    try {
      PrivateFiles.requireOwnerOnly(file);
      Svid svid = Svid.of(id, Pem.parse(Files.readAllBytes(file)));
      requireUsable(svid, now);
      return Optional.of(svid);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | GeneralSecurityException | IdentityException e) {
      failures.incrementAndGet();
      log.warn("{} is not used, a new certificate is issued: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /// Keeps the SVID in place of the one before. Not durable: after a power cut the file may be
  /// damaged, which costs one issue.
  void write(Svid svid) {
    Path file = file(svid.id());
    try {
      PrivateFiles.createDirectory(directory.resolve(svid.id().namespace()));
      PrivateFiles.replace(file, svid.pair().pem(), PrivateFiles.OWNER_ONLY, false);
    } catch (IOException e) {
      failures.incrementAndGet();
      log.warn(
          "{} can't be written, its certificate is served from memory: {}", file, e.toString());
    }
  }

  void delete(SpiffeId id) {
    delete(file(id));
  }

  /// Removes what has expired, and what a killed process left half written.
  void sweep(Instant now) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory, 2)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.getFileName().toString().startsWith(".") || isExpired(file, now)) {
          delete(file);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      log.warn("{} can't be swept: {}", directory, e.toString());
    }
  }

  /// How often reading or writing failed.
  long failures() {
    return failures.get();
  }

  private boolean isExpired(Path file, Instant now) throws IOException {
    try {
      X509Certificate certificate = Pem.parse(Files.readAllBytes(file)).certificate();
      return now.isAfter(certificate.getNotAfter().toInstant());
    } catch (GeneralSecurityException e) {
      return false; // read() says so when it is asked for
    }
  }

  private void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      failures.incrementAndGet();
      log.warn("{} can't be deleted: {}", file, e.toString());
    }
  }

  private Path file(SpiffeId id) {
    return directory.resolve(id.namespace()).resolve(id.serviceAccount() + ".pem");
  }

  private void requireUsable(Svid svid, Instant now) throws GeneralSecurityException {
    List<String> uris = SubjectNames.uris(svid.certificate());
    if (!uris.equals(List.of(svid.id().toString()))) {
      throw new CertificateException("the certificate is of " + uris);
    }
    if (!svid.pair().belongTogether()) {
      throw new CertificateException("the key is not the certificate's");
    }
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(svid.chain()), parameters);
  }
}
