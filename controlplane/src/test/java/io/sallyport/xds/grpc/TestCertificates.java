package io.sallyport.xds.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority made for one test, and what it issues.
final class TestCertificates {
  private static final char[] PASSWORD = "test".toCharArray();

  private final KeyPair caKey = newKey();
  private final X509Certificate ca;

  /// @param name distinguishes one authority from another
  TestCertificates(String name) {
    ca =
        sign(
            "CN=" + name,
            caKey,
            caKey,
            "CN=" + name,
            List.of(),
            hoursFromNow(-1),
            hoursFromNow(9),
            true);
  }

  /// A key and its certificate.
  record Identity(PrivateKey key, X509Certificate certificate) {}

  /// A proxy's identity in the trust domain `mesh.test`.
  Identity proxy(String namespace, String serviceAccount, String workload) {
    return issue(
        "CN=" + workload,
        List.of(spiffe("mesh.test", namespace, serviceAccount)),
        hoursFromNow(-1),
        hoursFromNow(1));
  }

  /// Anything.
  Identity issue(String subject, List<GeneralName> names, Instant notBefore, Instant notAfter) {
    KeyPair key = newKey();
    return new Identity(
        key.getPrivate(),
        sign(
            subject,
            key,
            caKey,
            ca.getSubjectX500Principal().getName(),
            names,
            notBefore,
            notAfter,
            false));
  }

  static GeneralName spiffe(String trustDomain, String namespace, String serviceAccount) {
    return uri("spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount);
  }

  static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  static Instant hoursFromNow(int hours) {
    return Instant.now().plusSeconds(hours * 3600L);
  }

  /// What the server presents and requires.
  TlsServerCredentials server() {
    Identity identity =
        issue(
            "CN=control-plane",
            List.of(new GeneralName(GeneralName.dNSName, "localhost")),
            hoursFromNow(-1),
            hoursFromNow(1));
    return (TlsServerCredentials)
        TlsServerCredentials.newBuilder()
            .keyManager(keyManagers(identity))
            .trustManager(trustManagers())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
  }

  /// What a client presents; it trusts this authority.
  ChannelCredentials client(Identity identity) {
    return TlsChannelCredentials.newBuilder()
        .keyManager(keyManagers(identity))
        .trustManager(trustManagers())
        .build();
  }

  /// A client that presents no certificate.
  ChannelCredentials anonymous() {
    return TlsChannelCredentials.newBuilder().trustManager(trustManagers()).build();
  }

  private KeyManager[] keyManagers(Identity identity) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "key", identity.key(), PASSWORD, new X509Certificate[] {identity.certificate(), ca});
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, PASSWORD);
      return factory.getKeyManagers();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private TrustManager[] trustManagers() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", ca);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate sign(
      String subject,
      KeyPair key,
      KeyPair issuerKey,
      String issuer,
      List<GeneralName> names,
      Instant notBefore,
      Instant notAfter,
      boolean authority) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(issuer),
              new BigInteger(100, new SecureRandom()),
              Date.from(notBefore),
              Date.from(notAfter),
              new X500Name(subject),
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(new GeneralName[0])));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
