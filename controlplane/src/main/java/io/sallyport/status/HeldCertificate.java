package io.sallyport.status;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The certificate that a proxy has acknowledged, read from the secret itself: what was issued is
/// not yet what is in use.
final class HeldCertificate {
  private static final String NAME = "default";
  private static final int URI = 6;

  private HeldCertificate() {}

  static Optional<ProxyStatus.Certificate> of(Holdings holdings, Map<String, Instant> renewals) {
    return holdings
        .get(ResourceType.SECRET, NAME)
        .map(HeldCertificate::parse)
        .map(certificate -> {
          String identity = identity(certificate);
          return new ProxyStatus.Certificate(
              identity,
              certificate.getNotAfter().toInstant(),
              Optional.ofNullable(renewals.get(identity)));
        });
  }

  private static X509Certificate parse(VersionedResource secret) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  Secret.parseFrom(secret.body().getValue())
                      .getTlsCertificate()
                      .getCertificateChain()
                      .getInlineBytes()
                      .newInput());
    } catch (InvalidProtocolBufferException | CertificateException e) {
      throw new IllegalStateException("a secret of our own does not parse", e);
    }
  }

  /// The URI SAN (RFC 5280, section 4.2.1.6; SPIFFE X.509-SVID, section 2).
  private static String identity(X509Certificate certificate) {
    try {
      for (List<?> name :
          Optional.ofNullable(certificate.getSubjectAlternativeNames()).orElse(List.of())) {
        if (name.getFirst().equals(URI)) {
          return name.get(1).toString();
        }
      }
      return "";
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate of our own does not parse", e);
    }
  }
}
