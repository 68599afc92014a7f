package io.sallyport.policy;

/// Kubernetes' `v1 Secret` of type `kubernetes.io/tls`: a certificate and its key, for rules to
/// refer to. Never printed.
///
/// @param certificate `tls.crt`, PEM, with those that signed it behind it
/// @param privateKey `tls.key`, PEM
public record TlsSecret(Metadata metadata, String certificate, String privateKey)
    implements Resource {
  @Override
  public Kind kind() {
    return Kind.SECRET;
  }

  @Override
  public String toString() {
    return "TlsSecret[" + metadata + "]";
  }
}
