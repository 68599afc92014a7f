package io.sallyport.bootstrap;

import static io.sallyport.bootstrap.YamlTree.config;
import static io.sallyport.bootstrap.YamlTree.tree;
import static io.sallyport.bootstrap.YamlTree.typed;

import io.sallyport.mesh.ProxyKind;
import java.util.List;
import java.util.Map;

/// How much a proxy takes on. Pure.
final class OverloadLimits {
  private OverloadLimits() {}

  /// What a proxy may take before it first refuses requests and then connections; a gateway serves
  /// many and gets more.
  static Map<String, Object> manager(ProxyKind kind) {
    boolean sidecar = kind == ProxyKind.SIDECAR;
    String heap = "envoy.resource_monitors.fixed_heap";
    String connections = "envoy.resource_monitors.global_downstream_max_connections";
    Map<String, Object> fixedHeap =
        typed(heap, "envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig");
    config(fixedHeap).put("max_heap_size_bytes", sidecar ? 1L << 30 : 4L << 30);
    Map<String, Object> limit =
        typed(
            connections,
            "envoy.extensions.resource_monitors.downstream_connections.v3"
                + ".DownstreamConnectionsConfig");
    config(limit).put("max_active_downstream_connections", sidecar ? 50_000 : 100_000);
    return tree(
        "refresh_interval",
        "0.25s",
        "resource_monitors",
        List.of(fixedHeap, limit),
        "actions",
        List.of(
            action("envoy.overload_actions.shrink_heap", heap, 0.90),
            action("envoy.overload_actions.stop_accepting_requests", heap, 0.95),
            action("envoy.overload_actions.stop_accepting_connections", heap, 0.98)));
  }

  private static Map<String, Object> action(String name, String monitor, double threshold) {
    return tree(
        "name",
        name,
        "triggers",
        List.of(tree("name", monitor, "threshold", tree("value", threshold))));
  }

  /// One client's many requests can't keep a worker from the others'. There is no admin layer, so
  /// nobody changes this while Envoy runs.
  static Map<String, Object> runtime() {
    return tree("http.max_requests_per_io_cycle", 10);
  }
}
