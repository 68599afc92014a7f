package io.sallyport.mesh;

/// What a proxy does in the mesh; the registry says which it is, not the proxy.
public enum ProxyKind {
  SIDECAR,
  EGRESS_GATEWAY,
  INGRESS_GATEWAY
}
