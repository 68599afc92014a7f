package io.sallyport.xds;

/// A proxy as people name it.
///
/// @param kind `sidecar`, `egress-gateway` or `ingress-gateway`
public record ProxyId(String kind, String namespace, String workload) {
  @Override
  public String toString() {
    return kind + "/" + namespace + "/" + workload;
  }
}
