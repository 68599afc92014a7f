package io.sallyport.xds.grpc;

import io.sallyport.xds.Admission.PeerCertificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Reads who a client is from its certificate, an X.509-SVID: exactly one URI among its alternative
/// names, and that a SPIFFE ID of the form `spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT`
/// (SPIFFE X509-SVID, section 2). The subject's common name is the workload, if there is one.
final class PeerCertificates {
  private static final int URI = 6;
  private static final Pattern SPIFFE_ID =
      Pattern.compile(
          "spiffe://([a-z0-9._-]{1,255})/ns/([A-Za-z0-9._-]{1,253})/sa/([A-Za-z0-9._-]{1,253})");

  private PeerCertificates() {}

  /// Who the certificate names; empty if it is no SVID of that form.
  static Optional<PeerCertificate> read(X509Certificate certificate) {
    List<String> uris;
    try {
      uris = uris(certificate.getSubjectAlternativeNames());
    } catch (CertificateParsingException e) {
      return Optional.empty();
    }
    if (uris.size() != 1) {
      return Optional.empty();
    }
    Matcher id = SPIFFE_ID.matcher(uris.getFirst());
    return id.matches()
        ? Optional.of(
            new PeerCertificate(id.group(1), id.group(2), id.group(3), commonName(certificate)))
        : Optional.empty();
  }

  private static List<String> uris(
      @org.jspecify.annotations.Nullable Collection<List<?>> alternativeNames) {
    List<String> uris = new ArrayList<>();
    if (alternativeNames != null) {
      for (List<?> name : alternativeNames) {
        if (Integer.valueOf(URI).equals(name.get(0)) && name.get(1) instanceof String uri) {
          uris.add(uri);
        }
      }
    }
    return uris;
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN") && rdn.getValue() instanceof String name) {
          return Optional.of(name);
        }
      }
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
