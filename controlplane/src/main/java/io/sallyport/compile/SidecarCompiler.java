package io.sallyport.compile;

import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A sidecar: one capture listener, one route configuration, and the clusters of its hops. For HTTP
/// only the routes and hops know policies; for TLS the listener has a chain for each host and port.
/// Whatever the mode, nothing passes that no route names: letting everything out (`ALLOW_ANY`) is
/// not supported yet, and a document that asks for it is refused.
final class SidecarCompiler {
  private SidecarCompiler() {}

  static Collection<VersionedResource> compile(SidecarView view) {
    List<VersionedResource> resources = new ArrayList<>();
    resources.add(OutboundListener.compile(view));
    resources.add(OutboundRoutes.compile(view.routes()));
    resources.add(Clusters.blackHole());
    resources.addAll(HopClusters.compile(view));
    return resources;
  }
}
