package io.sallyport.e2e.harness;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority made for one run: the one that outside hosts trust, or a foreign one
/// that a mesh must not trust.
public final class PretendAuthority {
  private static final char[] NO_PASSWORD = "".toCharArray();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair keys;
  private final X509Certificate certificate;

  /// @param name the common name of the authority
  public PretendAuthority(String name) {
    this.keys = newKeys();
    this.certificate = sign(name, name, keys, keys, List.of(), true, Duration.ofDays(1));
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /// A certificate with its key.
  ///
  /// @param chain the certificate first, then those that signed it
  public record Credential(KeyPair keys, List<X509Certificate> chain) {
    public Credential {
      chain = List.copyOf(chain);
    }

    /// A TLS context that shows this certificate and trusts `trusted`.
    public SSLContext context(X509Certificate trusted) {
      try {
        KeyStore store = emptyStore();
        store.setKeyEntry(
            "own", keys.getPrivate(), NO_PASSWORD, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory keyManagers =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(store, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trusting(trusted).getTrustManagers(), RANDOM);
        return context;
      } catch (GeneralSecurityException | IOException e) {
        throw new IllegalStateException("can't make a TLS context", e);
      }
    }
  }

  /// A TLS context of a client without a certificate, which trusts `trusted`.
  public static SSLContext clientContext(X509Certificate trusted) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusting(trusted).getTrustManagers(), RANDOM);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("can't make a TLS context", e);
    }
  }

  /// Issues a certificate for these names.
  ///
  /// @param lifetime from now; negative for one that has expired
  public Credential issue(List<GeneralName> names, Duration lifetime) {
    KeyPair subject = newKeys();
    String issuer = certificate.getSubjectX500Principal().getName().substring("CN=".length());
    return new Credential(
        subject,
        List.of(sign("pretend", issuer, subject, keys, names, false, lifetime), certificate));
  }

  /// A certificate for these names that nobody but itself vouches for.
  public static Credential selfSigned(List<GeneralName> names, Duration lifetime) {
    KeyPair keys = newKeys();
    return new Credential(
        keys, List.of(sign("pretend", "pretend", keys, keys, names, false, lifetime)));
  }

  private static X509Certificate sign(
      String subject,
      String issuer,
      KeyPair subjectKeys,
      KeyPair issuerKeys,
      List<GeneralName> names,
      boolean authority,
      Duration lifetime) {
    Instant end = Instant.now().plus(lifetime);
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              new BigInteger(120, RANDOM),
              Date.from(end.minus(Duration.ofDays(2))),
              Date.from(end),
              new X500Name("CN=" + subject),
              subjectKeys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("can't sign a certificate", e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
  }

  private static TrustManagerFactory trusting(X509Certificate trusted)
      throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    store.setCertificateEntry("trusted", trusted);
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }
}
