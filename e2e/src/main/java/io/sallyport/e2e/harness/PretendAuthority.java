package io.sallyport.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
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

  private static final String ENTRY = "own";

  private final KeyPair keys;
  private final X509Certificate certificate;

  /// @param name the common name of the authority
  public PretendAuthority(String name) {
    this.keys = newKeys();
    this.certificate = sign(name, name, keys, keys, List.of(), true, Duration.ofDays(1));
  }

  private PretendAuthority(KeyPair keys, X509Certificate certificate) {
    this.keys = keys;
    this.certificate = certificate;
  }

  /// The authority that [#save] wrote.
  public static PretendAuthority load(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, NO_PASSWORD);
      X509Certificate certificate = (X509Certificate) store.getCertificate(ENTRY);
      PrivateKey key = (PrivateKey) store.getKey(ENTRY, NO_PASSWORD);
      return new PretendAuthority(new KeyPair(certificate.getPublicKey(), key), certificate);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("can't read the authority in " + file, e);
    }
  }

  /// Writes it with its key, so that another process can issue certificates, too.
  public void save(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      new Credential(keys, List.of(certificate)).store().store(out, NO_PASSWORD);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("can't write the authority to " + file, e);
    }
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
        KeyManagerFactory keyManagers =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(store(), NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trusting(trusted).getTrustManagers(), RANDOM);
        return context;
      } catch (GeneralSecurityException | IOException e) {
        throw new IllegalStateException("can't make a TLS context", e);
      }
    }

    private KeyStore store() throws GeneralSecurityException, IOException {
      KeyStore store = emptyStore();
      store.setKeyEntry(
          ENTRY, keys.getPrivate(), NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      return store;
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

  /// Issues a certificate for these hosts.
  ///
  /// @param lifetime from now; negative for one that has expired
  public Credential issue(Duration lifetime, String... hosts) {
    return issue(dnsNames(hosts), lifetime);
  }

  /// A certificate for these hosts that nobody but itself vouches for.
  public static Credential selfSigned(Duration lifetime, String... hosts) {
    KeyPair keys = newKeys();
    return new Credential(
        keys, List.of(sign("pretend", "pretend", keys, keys, dnsNames(hosts), false, lifetime)));
  }

  private static List<GeneralName> dnsNames(String... hosts) {
    return Arrays.stream(hosts).map(host -> new GeneralName(GeneralName.dNSName, host)).toList();
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
