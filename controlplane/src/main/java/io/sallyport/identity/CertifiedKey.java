package io.sallyport.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/// A private key and the certificates that vouch for it.
///
/// @param chain the key's own certificate first, then those that signed, without the root; for a
///   root itself, the root
record CertifiedKey(List<X509Certificate> chain, PrivateKey key) {
  CertifiedKey {
    chain = List.copyOf(chain);
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /// Certificates and key in one text, so that one file holds a pair that belongs together.
  byte[] pem() {
    return (Pem.of(chain) + Pem.of(key)).getBytes(StandardCharsets.US_ASCII);
  }

  /// Whether the key is the one that the certificate names.
  boolean belongTogether() {
    byte[] probe = "probe".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate().getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "CertifiedKey[" + certificate().getSerialNumber().toString(16) + ", key not shown]";
  }
}
