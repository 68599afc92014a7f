package io.sallyport.policy.read;

import io.sallyport.policy.Kind;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.problem.Printable;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

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
        metadata.optional("creationTimestamp").parse(MetadataBinding::timestamp, Optional.empty()));
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

  private static Parsed<Optional<Instant>> timestamp(String written) {
    try {
      return Parsed.valid(Optional.of(OffsetDateTime.parse(written).toInstant()));
    } catch (DateTimeParseException _) {
      return Parsed.invalid(
          Printable.quote(written) + " is not a time", "write it as `2026-01-31T08:00:00Z`");
    }
  }
}
