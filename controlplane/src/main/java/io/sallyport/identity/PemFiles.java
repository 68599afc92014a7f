package io.sallyport.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/// Certificates and keys as users have them, of whatever tool.
final class PemFiles {
  private PemFiles() {}

  /// One or more certificates, in their order.
  static List<X509Certificate> certificates(byte[] text) throws GeneralSecurityException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(text))) {
      certificates.add((X509Certificate) certificate);
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate");
    }
    return certificates;
  }

  /// The first key: EC or RSA, in PKCS #8, PKCS #1 or SEC 1, not encrypted.
  static PrivateKey key(byte[] text) throws GeneralSecurityException {
    try (PEMParser parser =
        new PEMParser(new StringReader(new String(text, StandardCharsets.US_ASCII)))) {
      for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
        if (block instanceof PEMKeyPair pair) {
          return key(pair.getPrivateKeyInfo());
        }
        if (block instanceof PrivateKeyInfo key) {
          return key(key);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new GeneralSecurityException("the key is not PEM: " + e.getMessage(), e);
    }
    throw new GeneralSecurityException("no key that is not encrypted");
  }

  private static PrivateKey key(PrivateKeyInfo key) throws GeneralSecurityException, IOException {
    var algorithm = key.getPrivateKeyAlgorithm().getAlgorithm();
    String name;
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      name = "EC";
    } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      name = "RSA";
    } else {
      throw new GeneralSecurityException("the key is neither EC nor RSA");
    }
    return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
  }
}
