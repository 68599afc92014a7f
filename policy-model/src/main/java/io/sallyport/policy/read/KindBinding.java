package io.sallyport.policy.read;

import io.sallyport.policy.Kind;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Namespace;
import io.sallyport.policy.Resource;

/// What is done with a document of a known kind.
sealed interface KindBinding {
  /// It becomes a record.
  record Bound(ToRecord toRecord) implements KindBinding {}

  /// It is known and means something, but nothing compiles it yet: an error, since dropping a DENY
  /// in silence would allow what it denies.
  record NotSupportedYet() implements KindBinding {}

  /// It is known and means nothing to us.
  record Skipped() implements KindBinding {}

  /// From `spec` to a record; from the document itself where the kind has none.
  interface ToRecord {
    Resource bind(Metadata metadata, RecordBinder spec);
  }

  static KindBinding of(Kind kind) {
    return switch (kind) {
      case MESH_CONFIG -> new Bound(MeshConfigBinding::bind);
      case NAMESPACE -> new Bound(KindBinding::namespace);
      case WORKLOAD_ENTRY -> new Bound(WorkloadEntryBinding::bind);
      case GATEWAY -> new Bound(GatewayBinding::bind);
      case ISTIO_GATEWAY -> new Bound(IstioGatewayBinding::bind);
      case ASM_EGRESS_TRAFFIC_POLICY, EGRESS_TRAFFIC_POLICY ->
          new Bound((metadata, spec) -> EgressTrafficPolicyBinding.bind(kind, metadata, spec));
      case AUTHORIZATION_POLICY -> new Bound(AuthorizationPolicyBinding::bind);
      case SECRET -> new Bound(TlsSecretBinding::bind);
      case SERVICE, SERVICE_ACCOUNT -> new Skipped();
      case REQUEST_AUTHENTICATION, PEER_AUTHENTICATION, HTTP_ROUTE -> new NotSupportedYet();
    };
  }

  private static Namespace namespace(Metadata metadata, RecordBinder spec) {
    spec.ignored("finalizers");
    return new Namespace(metadata);
  }
}
