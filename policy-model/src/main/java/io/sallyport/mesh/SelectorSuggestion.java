package io.sallyport.mesh;

import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.problem.NearestName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What a source that selects nobody probably meant.
final class SelectorSuggestion {
  private final Registry registry;

  SelectorSuggestion(Registry registry) {
    this.registry = registry;
  }

  /// The near namespace, label or value that somebody has; empty where nothing is near.
  Optional<String> of(Source source) {
    List<Workload> workloads = registry.sidecars().getOrDefault(source.namespace(), List.of());
    if (workloads.isEmpty()) {
      return NearestName.to(source.namespace(), new TreeSet<>(registry.sidecars().keySet()))
          .map("did you mean namespace `%s`?"::formatted);
    }
    return source.workloadSelector().entrySet().stream()
        .flatMap(label -> near(label.getKey(), label.getValue(), workloads).stream())
        .findFirst()
        .map("did you mean `%s`?"::formatted);
  }

  private static Optional<String> near(String key, String value, List<Workload> workloads) {
    TreeSet<String> values = new TreeSet<>();
    labels(workloads)
        .filter(label -> label.getKey().equals(key))
        .forEach(label -> values.add(label.getValue()));
    if (values.contains(value)) {
      return Optional.empty();
    }
    if (!values.isEmpty()) {
      return NearestName.to(value, values).map(near -> key + ": " + near);
    }
    TreeSet<String> keys = new TreeSet<>();
    labels(workloads)
        .filter(label -> label.getValue().equals(value))
        .forEach(label -> keys.add(label.getKey()));
    return NearestName.to(key, keys).map(near -> near + ": " + value);
  }

  private static Stream<Map.Entry<String, String>> labels(List<Workload> workloads) {
    return workloads.stream().flatMap(workload -> workload.entry().labels().entrySet().stream());
  }
}
