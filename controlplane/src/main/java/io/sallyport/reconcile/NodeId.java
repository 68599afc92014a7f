package io.sallyport.reconcile;

import io.sallyport.mesh.ProxyKind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a proxy says it is: `node.id` is `KIND~NAMESPACE~WORKLOAD`, with kind `sidecar`,
/// `egress-gateway` or `ingress-gateway` and Kubernetes names.
record NodeId(ProxyKind kind, String namespace, String workload) {
  static final String FORM = "KIND~NAMESPACE~WORKLOAD, KIND being sidecar or egress-gateway";

  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
  private static final Pattern PATTERN =
      Pattern.compile("([a-z-]{1,20})~(" + LABEL + ")~(" + LABEL + "(?:\\." + LABEL + ")*)");
  private static final int MOST_CHARACTERS = 20 + 1 + 63 + 1 + 253;

  /// Empty for what is not of that form.
  static Optional<NodeId> parse(String text) {
    if (text.length() > MOST_CHARACTERS) {
      return Optional.empty();
    }
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (ProxyKind kind : ProxyKind.values()) {
      if (name(kind).equals(matcher.group(1))) {
        return Optional.of(new NodeId(kind, matcher.group(2), matcher.group(3)));
      }
    }
    return Optional.empty();
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
