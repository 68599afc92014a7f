package io.sallyport.compile;

import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// An egress gateway: a listener and a route configuration for each of its ports, and a cluster for
/// each outside host and port. Only the routes know who may.
final class EgressGatewayCompiler {
  private EgressGatewayCompiler() {}

  static Collection<VersionedResource> compile(EgressGatewayView view) {
    List<VersionedResource> resources = new ArrayList<>();
    for (GatewayListener listener : view.listeners()) {
      resources.add(EgressListener.compile(view, listener));
      resources.add(EgressRoutes.compile(listener));
    }
    resources.addAll(ExternalClusters.compile(view));
    return resources;
  }
}
