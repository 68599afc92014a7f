package io.sallyport.e2e.load;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.sallyport.snapshot.ResourceType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// An incremental xDS client that subscribes as a sidecar's Envoy does, acknowledges everything,
/// and remembers the versions it has for its next stream.
final class DeltaClient implements StreamObserver<DeltaDiscoveryResponse> {
  private static final List<ResourceType> EXPECTED =
      List.of(
          ResourceType.CLUSTER,
          ResourceType.ENDPOINT,
          ResourceType.LISTENER,
          ResourceType.ROUTE,
          ResourceType.SECRET);

  private final Map<ResourceType, Map<String, String>> versions = new EnumMap<>(ResourceType.class);
  private final AtomicLong bytes;
  private final AtomicLong resources;
  private StreamObserver<DeltaDiscoveryRequest> requests;
  private ManagedChannel channel;
  private volatile boolean closing;
  private volatile String failure = "";

  /// @param bytes counts what arrives, over all clients
  /// @param resources likewise
  @SuppressWarnings("NullAway.Init")
  DeltaClient(AtomicLong bytes, AtomicLong resources) {
    this.bytes = bytes;
    this.resources = resources;
  }

  /// Opens a stream and subscribes, saying what it has.
  synchronized void connect(ManagedChannel to) {
    channel = to;
    closing = false;
    failure = "";
    requests =
        AggregatedDiscoveryServiceGrpc.newStub(to)
            .withWaitForReady()
            .deltaAggregatedResources(this);
    subscribe(ResourceType.CLUSTER, List.of(), true);
    subscribe(ResourceType.LISTENER, List.of(), false);
    subscribe(ResourceType.ROUTE, List.of("outbound_http"), false);
    subscribe(ResourceType.SECRET, List.of("ROOTCA", "default"), false);
    if (versions.containsKey(ResourceType.ENDPOINT)) {
      subscribe(
          ResourceType.ENDPOINT, List.copyOf(versions.get(ResourceType.ENDPOINT).keySet()), false);
    }
  }

  private void subscribe(ResourceType type, List<String> names, boolean first) {
    DeltaDiscoveryRequest.Builder request =
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(type.typeUrl())
            .addAllResourceNamesSubscribe(names)
            .putAllInitialResourceVersions(versions.getOrDefault(type, Map.of()));
    if (first) {
      request.setNode(
          Node.newBuilder()
              .setId("sidecar~mytest~sleep-a")
              .setMetadata(
                  Struct.newBuilder()
                      .putFields(
                          "sallyport",
                          Value.newBuilder().setStructValue(Struct.getDefaultInstance()).build())));
    }
    requests.onNext(request.build());
  }

  @Override
  public synchronized void onNext(DeltaDiscoveryResponse response) {
    bytes.addAndGet(response.getSerializedSize());
    resources.addAndGet(response.getResourcesCount());
    ResourceType type = ResourceType.ofTypeUrl(response.getTypeUrl()).orElseThrow();
    Map<String, String> held = versions.computeIfAbsent(type, _ -> new TreeMap<>());
    for (Resource resource : response.getResourcesList()) {
      held.put(resource.getName(), resource.getVersion());
    }
    response.getRemovedResourcesList().forEach(held::remove);
    if (type == ResourceType.CLUSTER) {
      List<String> services =
          response.getResourcesList().stream()
              .filter(DeltaClient::needsEndpoints)
              .map(Resource::getName)
              .toList();
      if (!services.isEmpty()) {
        subscribe(ResourceType.ENDPOINT, services, false);
      }
    }
    requests.onNext(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce())
            .build());
  }

  private static boolean needsEndpoints(Resource resource) {
    try {
      return resource.getResource().unpack(Cluster.class).getType() == Cluster.DiscoveryType.EDS;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the control plane sent no cluster", e);
    }
  }

  /// Whether it has something of every type.
  synchronized boolean isComplete() {
    if (!failure.isEmpty()) {
      throw new IllegalStateException(failure);
    }
    return EXPECTED.stream().noneMatch(type -> versions.getOrDefault(type, Map.of()).isEmpty());
  }

  /// The version of its routes.
  synchronized String routes() {
    return versions.getOrDefault(ResourceType.ROUTE, Map.of()).toString();
  }

  /// A connection that is lost is dialled again, as Envoy does it; anything else is a failure.
  @Override
  public void onError(Throwable failed) {
    if (Status.fromThrowable(failed).getCode() == Status.Code.UNAVAILABLE && !closing) {
      connect(channel);
    } else {
      failure = failed.toString();
    }
  }

  @Override
  public void onCompleted() {
    failure = "the control plane ended the stream";
  }

  /// Its channel is about to be closed.
  void close() {
    closing = true;
  }
}
