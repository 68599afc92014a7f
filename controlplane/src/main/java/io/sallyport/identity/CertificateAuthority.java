package io.sallyport.identity;

import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The embedded certificate authority of one trust domain: a root that signs nothing but issuing
/// certificates, and an issuing certificate that signs SVIDs and is replaced at half its life. Its
/// keys live in the data directory. Thread-safe; several processes may use one data directory.
public final class CertificateAuthority {
  private static final Logger log = LoggerFactory.getLogger(CertificateAuthority.class);
  private static final Duration ROOT_LIFETIME = Duration.ofDays(3650);
  private static final Duration ISSUING_LIFETIME = Duration.ofDays(730);
  private static final Duration BACK_DATED = Duration.ofDays(1);

  private final AuthorityDirectory directory;
  private final InstantSource clock;
  private final String trustDomain;
  private volatile AuthorityDirectory.Keys keys;

  private CertificateAuthority(
      AuthorityDirectory directory, InstantSource clock, AuthorityDirectory.Keys keys) {
    this.directory = directory;
    this.clock = clock;
    this.trustDomain = trustDomainOf(keys.root().certificate(), directory.directory());
    this.keys = keys;
  }

  /// The authority in `data`; where there is none, a new one of that trust domain.
  ///
  /// @throws IdentityException when the authority there is of another trust domain, damaged, open
  ///   to others, or can't be read or made
  public static CertificateAuthority openOrCreate(
      Path data, String trustDomain, InstantSource clock) {
    if (!DnsNames.isHost(trustDomain)) {
      throw new IdentityException(
          "'" + trustDomain + "' is no trust domain: expected a lower-case DNS name");
    }
    AuthorityDirectory directory = new AuthorityDirectory(data);
    AuthorityDirectory.Keys keys =
        directory.readOrCreate(() -> {
          Instant now = clock.instant();
          Instant from = now.minus(BACK_DATED);
          CertifiedKey root = CertificateProfile.root(trustDomain, from, now.plus(ROOT_LIFETIME));
          return new AuthorityDirectory.Keys(
              root,
              CertificateProfile.issuing(root, trustDomain, from, now.plus(ISSUING_LIFETIME)));
        });
    CertificateAuthority authority = new CertificateAuthority(directory, clock, keys);
    authority.requireTrustDomain(trustDomain);
    return authority.usable();
  }

  /// The authority in `data`; empty where there is none.
  ///
  /// @throws IdentityException when it is damaged, open to others or can't be read
  public static Optional<CertificateAuthority> open(Path data, InstantSource clock) {
    AuthorityDirectory directory = new AuthorityDirectory(data);
    return directory.read().map(keys -> new CertificateAuthority(directory, clock, keys).usable());
  }

  public String trustDomain() {
    return trustDomain;
  }

  /// What others need in order to check its certificates: the root alone.
  public X509Certificate root() {
    return keys.root().certificate();
  }

  public String trustBundlePem() {
    return Pem.of(List.of(root()));
  }

  /// When the certificate that signs now ends; it is replaced long before.
  public Instant issuingExpiresAt() {
    return keys.issuing().certificate().getNotAfter().toInstant();
  }

  /// Says no when documents ask for another trust domain than this authority's.
  ///
  /// @throws IdentityException naming both and the ways out
  public void requireTrustDomain(String wanted) {
    if (!wanted.equals(trustDomain)) {
      throw new IdentityException(
          "the certificate authority in "
              + directory.directory()
              + " is of trust domain '"
              + trustDomain
              + "', but MeshConfig says '"
              + wanted
              + "': set trustDomain back, or use another --data (every proxy then needs a new"
              + " bootstrap)");
    }
  }

  /// A new key with a certificate for a workload.
  ///
  /// @param workload the workload that the certificate is bound to, its subject's common name;
  ///   empty: any workload of the identity
  /// @param lifetime from now; cut to what the issuing certificate has left
  /// @throws IdentityException for another trust domain's identity, or the control plane's own
  public Svid issueWorkload(SpiffeId id, Optional<String> workload, Duration lifetime) {
    requireOurs(id);
    if (id.isControlPlane()) {
      throw new IdentityException(id + " is the control plane's own identity, not a workload's");
    }
    workload.ifPresent(CertificateAuthority::requireCommonName);
    CertifiedKey issuing = issuing();
    Instant now = clock.instant();
    return Svid.of(
        id,
        CertificateProfile.workload(
            issuing, id, workload, now.minus(Svid.BACK_DATED), end(issuing, now, lifetime)));
  }

  /// A new key with the xDS server's certificate.
  ///
  /// @param hosts DNS names and IP addresses under which clients reach the server
  Svid issueServer(Collection<String> hosts, Duration lifetime) {
    CertifiedKey issuing = issuing();
    Instant now = clock.instant();
    SpiffeId id = SpiffeId.controlPlane(trustDomain);
    return Svid.of(
        id,
        CertificateProfile.server(
            issuing, id, hosts, now.minus(Svid.BACK_DATED), end(issuing, now, lifetime)));
  }

  private static void requireCommonName(String workload) {
    if (!DnsNames.isSubdomain(workload)) {
      throw new IdentityException("'" + workload + "' is no workload's name");
    }
    if (workload.length() > 64) { // RFC 5280, ub-common-name
      throw new IdentityException(
          "the workload's name '"
              + workload
              + "' has "
              + workload.length()
              + " characters, expected at most 64: a certificate can't hold more");
    }
  }

  private static Instant end(CertifiedKey issuing, Instant now, Duration lifetime) {
    if (lifetime.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("lifetime " + lifetime + ", expected a second or more");
    }
    Instant limit = issuing.certificate().getNotAfter().toInstant();
    Instant end = now.plus(lifetime);
    return end.isAfter(limit) ? limit : end;
  }

  private void requireOurs(SpiffeId id) {
    if (!id.trustDomain().equals(trustDomain)) {
      throw new IdentityException(
          id + " is of another trust domain than this authority's, '" + trustDomain + "'");
    }
  }

  /// The pair to sign with, replaced first when half its life is over. When that fails, the old one
  /// serves as long as it is valid.
  private CertifiedKey issuing() {
    AuthorityDirectory.Keys current = keys;
    if (!isDue(current.issuing())) {
      return current.issuing();
    }
    synchronized (this) {
      if (isDue(keys.issuing())) {
        try {
          Instant now = clock.instant();
          keys =
              directory.replaceIssuing(
                  keys,
                  () ->
                      CertificateProfile.issuing(
                          keys.root(),
                          trustDomain,
                          now.minus(BACK_DATED),
                          now.plus(ISSUING_LIFETIME)));
        } catch (IdentityException e) {
          log.error("the issuing certificate could not be replaced, the old one stays", e);
        }
      }
      return keys.issuing();
    }
  }

  private boolean isDue(CertifiedKey issuing) {
    Instant end = issuing.certificate().getNotAfter().toInstant();
    return clock.instant().isAfter(end.minus(ISSUING_LIFETIME.dividedBy(2)));
  }

  private CertificateAuthority usable() {
    Instant now = clock.instant();
    X509Certificate root = root();
    if (now.isBefore(root.getNotBefore().toInstant())
        || now.isAfter(root.getNotAfter().toInstant())) {
      throw new IdentityException(
          "the root certificate in "
              + directory.directory()
              + " is valid from "
              + root.getNotBefore().toInstant()
              + " to "
              + root.getNotAfter().toInstant()
              + ", and it is "
              + now
              + " on this machine");
    }
    return this;
  }

  private static String trustDomainOf(X509Certificate root, Path where) {
    try {
      return SubjectNames.uris(root).stream()
          .filter(uri -> uri.startsWith("spiffe://"))
          .map(uri -> uri.substring("spiffe://".length()))
          .filter(DnsNames::isHost)
          .findFirst()
          .orElseThrow(() ->
              new IdentityException(
                  "the root certificate in " + where + " names no trust domain in its SAN"));
    } catch (CertificateParsingException e) {
      throw new IdentityException("the root certificate in " + where + " can't be read", e);
    }
  }
}
