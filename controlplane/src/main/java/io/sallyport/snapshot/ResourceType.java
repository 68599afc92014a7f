package io.sallyport.snapshot;

import java.util.Optional;

/// The xDS resource types that Sallyport serves, in the order in which a change goes out (make
/// before break; xDS protocol, "Eventual consistency considerations").
public enum ResourceType {
  CLUSTER("CDS", "envoy.config.cluster.v3.Cluster"),
  ENDPOINT("EDS", "envoy.config.endpoint.v3.ClusterLoadAssignment"),
  SECRET("SDS", "envoy.extensions.transport_sockets.tls.v3.Secret"),
  LISTENER("LDS", "envoy.config.listener.v3.Listener"),
  ROUTE("RDS", "envoy.config.route.v3.RouteConfiguration");

  private final String shortName;
  private final String typeUrl;

  ResourceType(String shortName, String message) {
    this.shortName = shortName;
    this.typeUrl = "type.googleapis.com/" + message;
  }

  /// The name people use: `CDS`, `EDS` and so on.
  public String shortName() {
    return shortName;
  }

  public String typeUrl() {
    return typeUrl;
  }

  /// The type of that URL; empty for one that is not served.
  public static Optional<ResourceType> ofTypeUrl(String typeUrl) {
    for (ResourceType type : values()) {
      if (type.typeUrl.equals(typeUrl)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
