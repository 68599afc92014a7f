package io.sallyport.policy;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What every document says of itself (Kubernetes `ObjectMeta`, the part that matters here).
public record Metadata(
    String namespace,
    String name,
    Map<String, String> labels,
    Map<String, String> annotations,
    Optional<Instant> creationTimestamp) {
  public Metadata {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  public static Metadata of(String namespace, String name) {
    return new Metadata(namespace, name, Map.of(), Map.of(), Optional.empty());
  }
}
