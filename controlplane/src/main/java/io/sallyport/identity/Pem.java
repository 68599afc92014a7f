package io.sallyport.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/// Certificates and keys as text (RFC 7468). The same object always gives the same text.
public final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private Pem() {}

  /// The certificates, one block each, in their order.
  public static String of(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      try {
        text.append(block(CERTIFICATE, certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a certificate that was parsed has no encoding", e);
      }
    }
    return text.toString();
  }

  /// The key in PKCS #8, not encrypted.
  public static String of(PrivateKey key) {
    return block(PRIVATE_KEY, key.getEncoded());
  }

  /// Reads what [#of(List)] and [#of(PrivateKey)] wrote, in any order.
  ///
  /// @throws GeneralSecurityException for anything but one or more certificates and one EC key
  public static CertifiedKey parse(byte[] text) throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    List<PrivateKey> keys = new ArrayList<>();
    try (PemReader reader =
        new PemReader(new StringReader(new String(text, StandardCharsets.US_ASCII)))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        switch (block.getType()) {
          case CERTIFICATE -> chain.add(certificate(block.getContent()));
          case PRIVATE_KEY ->
              keys.add(
                  KeyFactory.getInstance("EC")
                      .generatePrivate(new PKCS8EncodedKeySpec(block.getContent())));
          default -> throw new CertificateException("unexpected block " + block.getType());
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new CertificateException("not PEM: " + e.getMessage(), e);
    }
    if (chain.isEmpty() || keys.size() != 1) {
      throw new CertificateException(
          "expected a certificate and one key, found "
              + chain.size()
              + " certificates and "
              + keys.size()
              + " keys");
    }
    return new CertifiedKey(chain, keys.getFirst());
  }

  static X509Certificate certificate(byte[] der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private static String block(String type, byte[] content) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }
}
