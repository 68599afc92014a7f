package io.sallyport.mesh;

import io.sallyport.policy.IpLiteral;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which proxies share a configuration.
final class Scopes {
  private final Registry registry;
  private final EgressRoutes routes;
  private final Authorizations authorizations;
  private final Set<SidecarGroup> sidecarGroups = new HashSet<>();

  /// The sidecars that no rule tells apart.
  private record SidecarGroup(
      String namespace, String serviceAccount, Map<String, String> labels) {}

  Scopes(Registry registry, EgressRoutes routes, Authorizations authorizations) {
    this.authorizations = authorizations;
    this.registry = registry;
    this.routes = routes;
    registry
        .sidecars()
        .values()
        .forEach(
            workloads -> workloads.forEach(workload -> sidecarGroups.add(sidecarGroup(workload))));
  }

  /// The scope of a workload's proxy. What makes no difference to its kind is left out of it.
  Scope of(Workload workload, ListenOptions options) {
    return switch (workload.proxyKind()) {
      case SIDECAR -> sidecar(workload, options);
      case EGRESS_GATEWAY, INGRESS_GATEWAY -> gateway(workload, options);
    };
  }

  private Scope sidecar(Workload workload, ListenOptions options) {
    SidecarGroup group = sidecarGroup(workload);
    return new Scope(
        ProxyKind.SIDECAR,
        group.namespace(),
        group.serviceAccount(),
        group.labels(),
        "",
        "",
        Map.of(),
        new ListenOptions(
            options.interception(), options.outbound(), options.inbound(), "", options.dns()));
  }

  private SidecarGroup sidecarGroup(Workload workload) {
    SortedMap<String, String> labels = new TreeMap<>(workload.entry().labels());
    labels.keySet().retainAll(routes.labelsLookedAt(workload.namespace()));
    return new SidecarGroup(workload.namespace(), workload.serviceAccount(), labels);
  }

  private Scope gateway(Workload workload, ListenOptions options) {
    ListenOptions standard = ListenOptions.DEFAULT;
    SortedMap<String, String> labels = new TreeMap<>(workload.entry().labels());
    labels.keySet().retainAll(authorizations.labelsLookedAt(workload.namespace()));
    return new Scope(
        workload.proxyKind(),
        workload.namespace(),
        workload.serviceAccount(),
        labels,
        Registry.gatewayOf(workload.entry()).map(GatewayName::name).orElse(""),
        options.bind().isEmpty() ? ownAddress(workload) : options.bind(),
        workload.entry().ports(),
        new ListenOptions(
            standard.interception(), standard.outbound(), standard.inbound(), options.bind()));
  }

  /// A proxy can't listen on a name; one that is known by a name only listens on every address.
  private static String ownAddress(Workload workload) {
    String address = workload.entry().address();
    return IpLiteral.isIp(address) ? address : "0.0.0.0";
  }

  /// Whether any workload is of that scope.
  boolean isLive(Scope scope) {
    return switch (scope.kind()) {
      case SIDECAR ->
          sidecarGroups.contains(
              new SidecarGroup(scope.namespace(), scope.serviceAccount(), scope.labels()));
      case EGRESS_GATEWAY, INGRESS_GATEWAY ->
          registry.proxies(new GatewayName(scope.namespace(), scope.gateway())).stream()
              .anyMatch(proxy -> gateway(proxy, scope.listen()).equals(scope));
    };
  }
}
