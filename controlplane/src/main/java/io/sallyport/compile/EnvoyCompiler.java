package io.sallyport.compile;

import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.snapshot.VersionedResource;
import java.util.Collection;

/// Turns one scope's view into the resources of its proxies. Pure: what is not in the argument
/// cannot be in the result, so equal views give equal resources. Stateless and thread-safe.
public final class EnvoyCompiler {
  /// All resources of a scope but endpoints and secrets, which travel on their own.
  ///
  /// @throws IllegalArgumentException where a view holds what linking should have kept out
  public Collection<VersionedResource> compile(ScopeView view) {
    return switch (view) {
      case SidecarView sidecar -> SidecarCompiler.compile(sidecar);
      case EgressGatewayView gateway -> EgressGatewayCompiler.compile(gateway);
    };
  }

  /// The endpoints of one port of one service; the same for every scope that uses it. A service
  /// without endpoints has an empty resource, so that requests fail at once (503, flag `UH`).
  public VersionedResource endpoints(ServiceEndpoints endpoints) {
    return EndpointCompiler.compile(endpoints);
  }
}
