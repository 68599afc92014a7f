package io.sallyport.reconcile;

import io.sallyport.mesh.ProxyKind;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Parsed;
import java.util.Arrays;
import java.util.Optional;

/// What a proxy says it is: `node.id` is `KIND~NAMESPACE~WORKLOAD`, with kind `sidecar`,
/// `egress-gateway` or `ingress-gateway` and Kubernetes names.
record NodeId(ProxyKind kind, String namespace, String workload) {
  static final String FORM = "KIND~NAMESPACE~WORKLOAD, KIND being sidecar or egress-gateway";

  private static final int MOST_CHARACTERS = 20 + 1 + 63 + 1 + 253;

  /// Empty for what is not of that form.
  static Optional<NodeId> parse(String text) {
    String[] parts = text.length() > MOST_CHARACTERS ? new String[0] : text.split("~", -1);
    if (parts.length != 3
        || KubernetesName.dnsLabel(parts[1]) instanceof Parsed.Invalid
        || KubernetesName.dnsSubdomain(parts[2]) instanceof Parsed.Invalid) {
      return Optional.empty();
    }
    return Arrays.stream(ProxyKind.values())
        .filter(kind -> name(kind).equals(parts[0]))
        .findFirst()
        .map(kind -> new NodeId(kind, parts[1], parts[2]));
  }

  /// The kind as node ids and people write it.
  static String name(ProxyKind kind) {
    return switch (kind) {
      case SIDECAR -> "sidecar";
      case EGRESS_GATEWAY -> "egress-gateway";
      case INGRESS_GATEWAY -> "ingress-gateway";
    };
  }
}
