package io.sallyport.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.sallyport.snapshot.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;
import java.util.Map;

/// Small resources of every type; `revision` changes their version and nothing else.
public final class Samples {
  private Samples() {}

  /// A resource of any type; a cluster gets its endpoints from the assignment of its own name.
  public static VersionedResource resource(ResourceType type, String name, int revision) {
    return resource(type, name, revision, "");
  }

  /// A resource of about `padding`'s length more.
  public static VersionedResource resource(
      ResourceType type, String name, int revision, String padding) {
    String mark = "r" + revision + padding;
    Message message =
        switch (type) {
          case CLUSTER ->
              Cluster.newBuilder()
                  .setName(name)
                  .setAltStatName(mark)
                  .setType(Cluster.DiscoveryType.EDS)
                  .setEdsClusterConfig(
                      Cluster.EdsClusterConfig.newBuilder()
                          .setEdsConfig(
                              ConfigSource.newBuilder()
                                  .setAds(AggregatedConfigSource.getDefaultInstance())))
                  .build();
          case ENDPOINT ->
              ClusterLoadAssignment.newBuilder()
                  .setClusterName(name)
                  .putNamedEndpoints(
                      mark, io.envoyproxy.envoy.config.endpoint.v3.Endpoint.getDefaultInstance())
                  .build();
          case SECRET ->
              Secret.newBuilder()
                  .setName(name)
                  .setGenericSecret(
                      GenericSecret.newBuilder()
                          .setSecret(
                              DataSource.newBuilder()
                                  .setInlineBytes(ByteString.copyFromUtf8(mark))))
                  .build();
          case LISTENER -> Listener.newBuilder().setName(name).setStatPrefix(mark).build();
          case ROUTE ->
              RouteConfiguration.newBuilder().setName(name).addInternalOnlyHeaders(mark).build();
        };
    return VersionedResource.of(
        type, name, message, List.of(new Origin("Sample default/" + name, "spec")));
  }

  public static VersionedResource cluster(String name, int revision) {
    return resource(ResourceType.CLUSTER, name, revision);
  }

  public static VersionedResource endpoint(String name, int revision) {
    return resource(ResourceType.ENDPOINT, name, revision);
  }

  public static VersionedResource secret(String name, int revision) {
    return resource(ResourceType.SECRET, name, revision);
  }

  public static VersionedResource listener(String name, int revision) {
    return resource(ResourceType.LISTENER, name, revision);
  }

  public static VersionedResource route(String name, int revision) {
    return resource(ResourceType.ROUTE, name, revision);
  }

  public static Snapshot snapshot(VersionedResource... resources) {
    return Snapshot.of(List.of(resources));
  }

  /// The name of a resource and its mark: `r` and the revision.
  public static Map.Entry<String, String> named(Any any) {
    try {
      return switch (ResourceType.ofTypeUrl(any.getTypeUrl()).orElseThrow()) {
        case CLUSTER -> {
          Cluster cluster = any.unpack(Cluster.class);
          yield Map.entry(cluster.getName(), cluster.getAltStatName());
        }
        case ENDPOINT -> {
          ClusterLoadAssignment assignment = any.unpack(ClusterLoadAssignment.class);
          yield Map.entry(
              assignment.getClusterName(),
              String.join("", assignment.getNamedEndpointsMap().keySet()));
        }
        case SECRET -> {
          Secret secret = any.unpack(Secret.class);
          yield Map.entry(
              secret.getName(),
              secret.getGenericSecret().getSecret().getInlineBytes().toStringUtf8());
        }
        case LISTENER -> {
          Listener listener = any.unpack(Listener.class);
          yield Map.entry(listener.getName(), listener.getStatPrefix());
        }
        case ROUTE -> {
          RouteConfiguration route = any.unpack(RouteConfiguration.class);
          yield Map.entry(route.getName(), route.getInternalOnlyHeaders(0));
        }
      };
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
