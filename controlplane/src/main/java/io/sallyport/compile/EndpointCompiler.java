package io.sallyport.compile;

import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// Where a port of a service can be reached (EDS).
final class EndpointCompiler {
  private EndpointCompiler() {}

  static VersionedResource compile(ServiceEndpoints endpoints) {
    String name = Names.serviceCluster(endpoints.service());
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(name);
    if (!endpoints.endpoints().isEmpty()) {
      LocalityLbEndpoints.Builder all = LocalityLbEndpoints.newBuilder();
      for (ServiceEndpoints.Endpoint endpoint : endpoints.endpoints()) {
        all.addLbEndpoints(of(endpoint.address(), endpoint.port()));
      }
      assignment.addEndpoints(all);
    }
    return VersionedResource.of(ResourceType.ENDPOINT, name, assignment.build(), List.of());
  }

  static LbEndpoint of(String address, int port) {
    return LbEndpoint.newBuilder()
        .setEndpoint(Endpoint.newBuilder().setAddress(Addresses.of(address, port)))
        .build();
  }
}
