package io.sallyport.mesh;

import java.util.List;

/// Where the port of a service can be reached now: `endpoints` sorted and without repetition.
public record ServiceEndpoints(ServicePort service, List<Endpoint> endpoints) {
  public ServiceEndpoints {
    endpoints = List.copyOf(endpoints);
  }

  /// @param address an IP address
  public record Endpoint(String address, int port) {}
}
