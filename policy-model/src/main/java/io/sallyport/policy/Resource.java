package io.sallyport.policy;

/// One document a user wrote, typed.
public sealed interface Resource
    permits MeshConfig,
        Namespace,
        WorkloadEntry,
        Gateway,
        EgressTrafficPolicy,
        AuthorizationPolicy,
        TlsSecret {
  Kind kind();

  Metadata metadata();

  default ResourceKey key() {
    return new ResourceKey(kind(), metadata().namespace(), metadata().name());
  }
}
