package io.sallyport.mesh;

import io.sallyport.policy.WorkloadEntry;

/// A workload of the registry and what its proxy is.
public record Workload(WorkloadEntry entry, ProxyKind proxyKind) {
  public String namespace() {
    return entry.metadata().namespace();
  }

  public String name() {
    return entry.metadata().name();
  }

  public String serviceAccount() {
    return entry.serviceAccount();
  }

  /// Its SPIFFE ID in the given trust domain: `spiffe://TRUST-DOMAIN/ns/NS/sa/SA`.
  public String spiffeId(String trustDomain) {
    return "spiffe://" + trustDomain + "/ns/" + namespace() + "/sa/" + serviceAccount();
  }
}
