package io.sallyport.policy.read;

import io.sallyport.policy.Kind;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Metadata;
import java.time.Instant;

/// Kubernetes `ObjectMeta`: what matters here, and the names of the rest.
final class MetadataBinding {
  private MetadataBinding() {}

  static Metadata bind(Kind kind, RecordBinder metadata) {
    metadata.ignored(
        "clusterName",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid");
    metadata.notSupportedYet("generateName");
    String namespace = namespace(kind, metadata);
    return new Metadata(
        namespace,
        metadata.required("name").parse(KubernetesName::dnsSubdomain, ""),
        metadata.optional("labels").labels(),
        metadata
            .optional("annotations")
            .map(KubernetesName::qualifiedName, value -> value.string("")),
        metadata
            .optional("creationTimestamp")
            .map(field -> field.parse(Times::instant, Instant.EPOCH)));
  }

  private static String namespace(Kind kind, RecordBinder metadata) {
    return switch (kind.scope()) {
      case NAMESPACED -> metadata.required("namespace").parse(KubernetesName::dnsLabel, "");
      case NAMESPACE_OPTIONAL -> metadata.optional("namespace").parse(KubernetesName::dnsLabel, "");
      case CLUSTER -> {
        metadata
            .optional("namespace")
            .ifPresent(n -> n.error("a " + kind + " is in no namespace", "leave the field out"));
        yield "";
      }
    };
  }
}
