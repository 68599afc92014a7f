package io.sallyport.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/// Certificates and keys as users have them, of whatever tool.
final class PemFiles {
  static final String NO_CERTIFICATE = "no certificate";

  /// In bytes; what systems trust has a fifth of a million.
  private static final int LARGEST = 4 << 20;

  /// Envoy takes no shorter ones.
  private static final int SHORTEST_RSA = 2048;

  private PemFiles() {}

  /// The bytes of a file.
  ///
  /// @throws IOException where it can't be read
  /// @throws GeneralSecurityException where it can't be a file of certificates or keys
  static byte[] read(Path file) throws IOException, GeneralSecurityException {
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new GeneralSecurityException("'" + file + "' is no regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new GeneralSecurityException("'" + file + "' has more than " + LARGEST + " bytes");
      }
      return bytes;
    }
  }

  /// One or more certificates, in their order.
  static List<X509Certificate> certificates(byte[] text) throws GeneralSecurityException {
    List<X509Certificate> certificates = certificatesIfAny(text);
    if (certificates.isEmpty()) {
      throw new CertificateException(NO_CERTIFICATE);
    }
    return certificates;
  }

  /// Certificates, in their order.
  static List<X509Certificate> certificatesIfAny(byte[] text) throws GeneralSecurityException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(text))) {
      certificates.add((X509Certificate) certificate);
    }
    return certificates;
  }

  /// The first key: EC or RSA of 2048 bits or more, in PKCS #8, PKCS #1 or SEC 1, not encrypted.
  static PrivateKey key(byte[] text) throws GeneralSecurityException {
    boolean encrypted = false;
    try (PEMParser parser =
        new PEMParser(new StringReader(new String(text, StandardCharsets.US_ASCII)))) {
      for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
        if (block instanceof PEMKeyPair pair) {
          return key(pair.getPrivateKeyInfo());
        }
        if (block instanceof PrivateKeyInfo key) {
          return key(key);
        }
        encrypted |=
            block instanceof PEMEncryptedKeyPair || block instanceof PKCS8EncryptedPrivateKeyInfo;
      }
    } catch (IOException | RuntimeException e) { // a parser of many forms throws many things
      throw new GeneralSecurityException("the key is not PEM: " + e.getMessage(), e);
    }
    throw new GeneralSecurityException(
        encrypted ? "the key is encrypted, expected one that is not" : "no key");
  }

  private static PrivateKey key(PrivateKeyInfo info) throws GeneralSecurityException, IOException {
    var algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
    String name;
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      name = "EC";
    } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      name = "RSA";
    } else {
      throw new GeneralSecurityException("the key is neither EC nor RSA");
    }
    PrivateKey key =
        KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < SHORTEST_RSA) {
      throw new GeneralSecurityException(
          "the RSA key has %d bits, expected at least %d"
              .formatted(rsa.getModulus().bitLength(), SHORTEST_RSA));
    }
    return key;
  }
}
