package io.sallyport.compile;

import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalTunnel;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.mesh.ScopeView.TunnelListener;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// An egress gateway: a listener for each of its ports, and a cluster for each outside host and
/// port. Ports for HTTP have a route configuration, and only that knows who may. Ports for TLS that
/// applications start have a chain for each destination, and each destination an inner listener.
final class EgressGatewayCompiler {
  private EgressGatewayCompiler() {}

  static Collection<VersionedResource> compile(EgressGatewayView view) {
    List<VersionedResource> resources = new ArrayList<>();
    for (GatewayListener listener : view.listeners()) {
      resources.add(EgressListener.compile(view, listener));
      resources.add(EgressRoutes.compile(view, listener));
    }
    if (!view.tunnels().isEmpty()) {
      resources.add(Clusters.blackHole());
      resources.addAll(InnerListeners.nowhere());
    }
    SortedMap<String, List<ExternalTunnel>> destinations = new TreeMap<>();
    for (TunnelListener listener : view.tunnels()) {
      resources.add(TunnelListeners.compile(view, listener));
      if (ConnectRoutes.isUsed(listener)) {
        resources.add(ConnectRoutes.compile(view, listener));
      }
      for (ExternalTunnel tunnel : listener.tunnels()) {
        resources.addAll(PolicyListeners.compile(view, listener.port(), tunnel));
        destinations
            .computeIfAbsent(
                Names.innerListener(tunnel.host(), tunnel.port()), _ -> new ArrayList<>())
            .add(tunnel);
      }
    }
    for (List<ExternalTunnel> users : destinations.values()) {
      ExternalTunnel first = users.getFirst();
      resources.addAll(
          InnerListeners.compile(
              first,
              view.resolvers(),
              users.stream()
                  .flatMap(user -> Grants.rules(user.grants()).stream())
                  .sorted()
                  .distinct()
                  .toList()));
    }
    resources.addAll(ExternalClusters.compile(view));
    return resources;
  }
}
