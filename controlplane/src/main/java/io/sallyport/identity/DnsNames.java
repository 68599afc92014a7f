package io.sallyport.identity;

import io.sallyport.policy.HostName;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Parsed;

/// Whether a text is a name as documents know it. What passes holds no slash, quote, space or dot
/// segment, so it is safe in a SPIFFE ID, a path and a certificate.
public final class DnsNames {
  private DnsNames() {}

  /// An RFC 1123 label, as namespaces are named.
  public static boolean isLabel(String text) {
    return KubernetesName.dnsLabel(text) instanceof Parsed.Valid;
  }

  /// An RFC 1123 subdomain, as service accounts and workloads are named.
  public static boolean isSubdomain(String text) {
    return KubernetesName.dnsSubdomain(text) instanceof Parsed.Valid;
  }

  /// A DNS name in its one form that can't be mistaken for an IP address, as trust domains and
  /// hosts are named.
  public static boolean isHost(String text) {
    return HostName.parse(text) instanceof Parsed.Valid<String> valid && valid.value().equals(text);
  }
}
