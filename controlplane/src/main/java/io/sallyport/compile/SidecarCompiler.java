package io.sallyport.compile;

import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.MeshConfig.OutboundMode;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A sidecar: one capture listener, one route configuration, and the clusters of its hops. For HTTP
/// only the routes and hops know policies; for TLS the listener has a chain for each host and port.
/// What no rule names is refused, or passes to wherever it was dialled where the mesh says
/// `ALLOW_ANY`.
final class SidecarCompiler {
  private SidecarCompiler() {}

  static Collection<VersionedResource> compile(SidecarView view) {
    List<VersionedResource> resources = new ArrayList<>();
    resources.add(OutboundListener.compile(view));
    resources.add(OutboundRoutes.compile(view));
    resources.add(Clusters.blackHole());
    if (view.mode() == OutboundMode.ALLOW_ANY) {
      resources.add(Clusters.passthrough());
    }
    if (!view.scope().listen().dns().isEmpty()) {
      resources.add(DnsListener.compile(view));
    }
    resources.addAll(HopClusters.compile(view));
    return resources;
  }
}
