package io.sallyport.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// A root that has signed nothing and never will: its time is over, and its key is thrown away. A
/// gateway is given it where nobody is to be trusted, since Envoy keeps a secret that it is no
/// longer given, and would go on to trust whom it trusted before.
final class NobodysRoot {
  static final List<X509Certificate> CERTIFICATE =
      CertificateProfile.root("nobody.invalid", Instant.EPOCH, Instant.EPOCH.plusSeconds(1))
          .chain();

  private NobodysRoot() {}
}
