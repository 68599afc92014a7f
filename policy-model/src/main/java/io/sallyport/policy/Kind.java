package io.sallyport.policy;

import java.util.List;

/// The kinds of documents that Sallyport knows, with their API group and the versions it accepts.
///
/// Kinds that are known but not compiled yet are listed too, so that they are reported and never
/// silently skipped.
public enum Kind {
  MESH_CONFIG("mesh.sallyport.io", "MeshConfig", Scope.NAMESPACE_OPTIONAL, "v1"),
  NAMESPACE("", "Namespace", Scope.CLUSTER, "v1"),
  SECRET("", "Secret", Scope.NAMESPACED, "v1"),
  SERVICE("", "Service", Scope.NAMESPACED, "v1"),
  SERVICE_ACCOUNT("", "ServiceAccount", Scope.NAMESPACED, "v1"),
  WORKLOAD_ENTRY(
      "networking.istio.io", "WorkloadEntry", Scope.NAMESPACED, "v1", "v1beta1", "v1alpha3"),
  GATEWAY("gateway.networking.k8s.io", "Gateway", Scope.NAMESPACED, "v1", "v1beta1"),
  HTTP_ROUTE("gateway.networking.k8s.io", "HTTPRoute", Scope.NAMESPACED, "v1", "v1beta1"),
  ISTIO_GATEWAY("istio.alibabacloud.com", "IstioGateway", Scope.NAMESPACED, "v1beta1"),
  ASM_EGRESS_TRAFFIC_POLICY(
      "istio.alibabacloud.com", "ASMEgressTrafficPolicy", Scope.NAMESPACED, "v1", "v1beta1"),
  EGRESS_TRAFFIC_POLICY("mesh.sallyport.io", "EgressTrafficPolicy", Scope.NAMESPACED, "v1"),
  AUTHORIZATION_POLICY(
      "security.istio.io", "AuthorizationPolicy", Scope.NAMESPACED, "v1", "v1beta1"),
  REQUEST_AUTHENTICATION(
      "security.istio.io", "RequestAuthentication", Scope.NAMESPACED, "v1", "v1beta1"),
  PEER_AUTHENTICATION("security.istio.io", "PeerAuthentication", Scope.NAMESPACED, "v1", "v1beta1");

  /// Whether documents of a kind live in a namespace.
  public enum Scope {
    CLUSTER,
    NAMESPACED,
    NAMESPACE_OPTIONAL
  }

  private final String group;
  private final String kind;
  private final Scope scope;
  private final List<String> versions;

  Kind(String group, String kind, Scope scope, String... versions) {
    this.group = group;
    this.kind = kind;
    this.scope = scope;
    this.versions = List.of(versions);
  }

  /// The API group; empty for Kubernetes' core group.
  public String group() {
    return group;
  }

  /// The kind's name as written in a document, for example `WorkloadEntry`.
  public String kindName() {
    return kind;
  }

  public Scope scope() {
    return scope;
  }

  /// The versions that are accepted, the preferred one first.
  public List<String> versions() {
    return versions;
  }

  @Override
  public String toString() {
    return kind;
  }
}
