package io.sallyport.e2e.harness;

import java.security.cert.X509Certificate;

/// The outside hosts of a mesh, seen by a scenario.
public interface Internet {
  /// The authority that signed the certificates of these hosts.
  X509Certificate authority();

  /// How many requests have arrived, over all hosts.
  long requests();
}
