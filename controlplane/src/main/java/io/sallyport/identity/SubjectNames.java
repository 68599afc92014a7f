package io.sallyport.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/// A certificate's subject alternative names, by the JDK's parser.
final class SubjectNames {
  private static final int URI = 6; // RFC 5280, GeneralName: the tag of each choice

  private SubjectNames() {}

  /// All URI SANs, in their order.
  static List<String> uris(X509Certificate certificate) throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names == null) {
      return List.of();
    }
    return names.stream()
        .filter(name -> Integer.valueOf(URI).equals(name.get(0)))
        .map(name -> String.valueOf(name.get(1)))
        .toList();
  }
}
