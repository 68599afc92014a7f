package io.sallyport.identity;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// What the xDS server asks of a client certificate: a chain to the own root, valid now by the
/// given clock, made for clients, with exactly one URI SAN that is a workload's SPIFFE ID of the
/// own trust domain (SPIFFE X.509-SVID, section 5). The control plane's own identity is no
/// client's. It never trusts a server.
public final class ProxyTrust extends X509ExtendedTrustManager {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int LONGEST_CHAIN = 5;

  private final X509Certificate root;
  private final String trustDomain;
  private final InstantSource clock;

  public ProxyTrust(CertificateAuthority authority, InstantSource clock) {
    this.root = authority.root();
    this.trustDomain = authority.trustDomain();
    this.clock = clock;
  }

  /// Checks a chain, all of it. The handshake does so by itself; whoever opens a stream on a
  /// connection does it again, since a resumed TLS session and a long-lived connection are not
  /// checked by the handshake.
  ///
  /// @throws CertificateException saying what is wrong
  public ProxyIdentity identify(X509Certificate... chain) throws CertificateException {
    if (chain.length == 0 || chain.length > LONGEST_CHAIN) {
      throw new CertificateException("no usable client certificate: chain of " + chain.length);
    }
    X509Certificate leaf = chain[0];
    requireCurrent(leaf);
    verify(chain);
    List<String> purposes = leaf.getExtendedKeyUsage();
    if (purposes == null || !purposes.contains(CLIENT_AUTH)) {
      throw new CertificateException("the certificate is not made for clients");
    }
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0 || usage == null || !usage[DIGITAL_SIGNATURE]) {
      throw new CertificateException("the certificate is not a workload's");
    }
    List<String> uris = SubjectNames.uris(leaf);
    if (uris.size() != 1) {
      throw new CertificateException(
          "the certificate has " + uris.size() + " URI SANs, expected one SPIFFE ID");
    }
    SpiffeId id =
        SpiffeId.parse(uris.getFirst())
            .orElseThrow(() ->
                new CertificateException("the URI SAN is not spiffe://TRUST-DOMAIN/ns/NS/sa/SA"));
    if (!id.trustDomain().equals(trustDomain)) {
      throw new CertificateException(
          "the certificate is of trust domain " + id.trustDomain() + ", expected " + trustDomain);
    }
    if (id.isControlPlane()) {
      throw new CertificateException("the control plane's own identity is no proxy's");
    }
    return new ProxyIdentity(id, workload(leaf));
  }

  /// The chain's check asks the same; this one has words that help.
  private void requireCurrent(X509Certificate leaf) throws CertificateException {
    Instant now = clock.instant();
    Instant from = leaf.getNotBefore().toInstant();
    Instant until = leaf.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      throw new CertificateException("the certificate is valid from " + from + ", it is " + now);
    }
    if (now.isAfter(until)) {
      throw new CertificateException("the certificate expired at " + until + ", it is " + now);
    }
  }

  private void verify(X509Certificate[] chain) throws CertificateException {
    List<X509Certificate> path = new ArrayList<>(Arrays.asList(chain));
    path.removeIf(root::equals);
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false); // short lifetimes take its place
      parameters.setDate(Date.from(clock.instant()));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the client certificate is refused: " + e.getMessage(), e);
    }
  }

  private static Optional<String> workload(X509Certificate leaf) throws CertificateException {
    String subject = leaf.getSubjectX500Principal().getName();
    try {
      List<Rdn> parts = new LdapName(subject).getRdns();
      if (parts.isEmpty()) {
        return Optional.empty();
      }
      if (parts.size() == 1
          && parts.getFirst().getType().equalsIgnoreCase("CN")
          && parts.getFirst().getValue() instanceof String name
          && DnsNames.isSubdomain(name)) {
        return Optional.of(name);
      }
    } catch (InvalidNameException e) {
      throw new CertificateException("the subject can't be read", e);
    }
    throw new CertificateException("the subject is not one workload's name");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    identify(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    identify(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    identify(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("no server is trusted here");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[] {root};
  }
}
