package io.sallyport.xds.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.xds.Encoding;
import io.sallyport.xds.Samples;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client of either encoding that does what a test says: subscribes, acknowledges, refuses, lies,
/// stalls, forgets. It knows what it has as a real one would.
final class FakeClient implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final Encoding encoding;
  private final ManagedChannel channel;
  private final Node node;
  private final Map<ResourceType, TypeMemory> memory = new EnumMap<>(ResourceType.class);
  private final BlockingQueue<Object> inbox = new LinkedBlockingQueue<>();
  private ClientCall<Message, Message> call;
  private boolean nodeSent;
  private boolean nodeRepeated;

  /// What arrived: `marks` and `versions` by name. A mark is what [io.sallyport.xds.Samples] calls
  /// the revision: `r1` and so on. State of the world has no versions by name.
  record Received(
      ResourceType type,
      String nonce,
      String version,
      SortedMap<String, String> marks,
      SortedMap<String, String> versions,
      List<String> removed,
      int bytes) {}

  private static final class TypeMemory {
    private final SortedSet<String> names = new TreeSet<>();
    private final SortedMap<String, String> marks = new TreeMap<>();
    private final SortedMap<String, String> versions = new TreeMap<>();
    private String version = "";
    private String nonce = "";
    private boolean asked;
  }

  FakeClient(Encoding encoding, ManagedChannel channel, Node node) {
    this.encoding = encoding;
    this.channel = channel;
    this.node = node;
    for (ResourceType type : ResourceType.values()) {
      memory.put(type, new TypeMemory());
    }
    call = open(true);
  }

  /// Sends the node with every request from now on, not with the first of a stream only.
  void repeatNode() {
    nodeRepeated = true;
  }

  private ClientCall<Message, Message> open(boolean reading) {
    nodeSent = false;
    memory
        .values()
        .forEach(type -> {
          type.nonce = "";
          type.asked = false;
        });
    ClientCall<Message, Message> opened = channel.newCall(method(), CallOptions.DEFAULT);
    opened.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(Message message) {
            inbox.add(message);
            if (reading) {
              opened.request(1);
            }
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            inbox.add(status);
          }
        },
        new Metadata());
    if (reading) {
      opened.request(1);
    }
    return opened;
  }

  @SuppressWarnings("unchecked")
  private MethodDescriptor<Message, Message> method() {
    MethodDescriptor<?, ?> method =
        switch (encoding) {
          case INCREMENTAL -> AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod();
          case STATE_OF_THE_WORLD ->
              AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod();
        };
    return (MethodDescriptor<Message, Message>) method;
  }

  /// Ends the stream and opens another, with what it has. Subscribes to nothing yet.
  void reconnect() {
    disconnect();
    call = open(true);
  }

  /// Ends the stream and opens another that it never reads.
  void reconnectWithoutReading() {
    disconnect();
    call = open(false);
  }

  private void disconnect() {
    call.cancel("the test ends the stream", null);
    Object last;
    do {
      last = poll();
    } while (!(last instanceof Status));
  }

  /// Forgets what it has, as a restarted proxy does.
  void forget() {
    for (ResourceType type : ResourceType.values()) {
      memory.put(type, new TypeMemory());
    }
  }

  /// What it has of a type: marks by name.
  SortedMap<String, String> has(ResourceType type) {
    return memory(type).marks;
  }

  /// Asks for names besides those it asked for before; without any, on the first request, for
  /// everything (legacy wildcard).
  void subscribe(ResourceType type, String... names) {
    memory(type).names.addAll(List.of(names));
    ask(type, List.of(names), List.of(), "", Status.OK);
  }

  /// Asks again, on a new stream, for all that it asked for on the last.
  void resubscribe(ResourceType type) {
    ask(type, List.copyOf(memory(type).names), List.of(), "", Status.OK);
  }

  void unsubscribe(ResourceType type, String... names) {
    List.of(names).forEach(memory(type).names::remove);
    List.of(names).forEach(memory(type).marks::remove);
    List.of(names).forEach(memory(type).versions::remove);
    ask(type, List.of(), List.of(names), "", Status.OK);
  }

  /// Incremental only: both in one message.
  void unsubscribeAndSubscribe(ResourceType type, String name) {
    ask(type, List.of(name), List.of(name), "", Status.OK);
  }

  /// Takes a response and says so.
  void ack(Received received) {
    TypeMemory type = memory(received.type());
    boolean whole =
        encoding == Encoding.STATE_OF_THE_WORLD
            && (received.type() == ResourceType.CLUSTER
                || received.type() == ResourceType.LISTENER);
    if (whole) {
      type.marks.clear();
    }
    type.marks.putAll(received.marks());
    type.versions.putAll(received.versions());
    received.removed().forEach(type.marks::remove);
    received.removed().forEach(type.versions::remove);
    type.version = received.version();
    type.nonce = received.nonce();
    ask(received.type(), List.of(), List.of(), received.nonce(), Status.OK);
  }

  /// Refuses a response.
  void nack(Received received, String message) {
    memory(received.type()).nonce = received.nonce();
    ask(
        received.type(),
        List.of(),
        List.of(),
        received.nonce(),
        Status.INTERNAL.withDescription(message));
  }

  /// Answers with any nonce at all, and takes nothing.
  void answer(ResourceType type, String nonce, Status status) {
    ask(type, List.of(), List.of(), nonce, status);
  }

  /// Sends what a test made up.
  void send(Message message) {
    call.sendMessage(message);
  }

  private void ask(
      ResourceType type,
      List<String> subscribe,
      List<String> unsubscribe,
      String nonce,
      Status status) {
    TypeMemory known = memory(type);
    com.google.rpc.Status error =
        com.google.rpc.Status.newBuilder()
            .setCode(Code.INTERNAL_VALUE)
            .setMessage(String.valueOf(status.getDescription()))
            .build();
    switch (encoding) {
      case INCREMENTAL -> {
        DeltaDiscoveryRequest.Builder request =
            DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .addAllResourceNamesSubscribe(subscribe)
                .addAllResourceNamesUnsubscribe(unsubscribe)
                .setResponseNonce(nonce);
        if (!known.asked) {
          request.putAllInitialResourceVersions(known.versions);
        }
        if (!nodeSent) {
          request.setNode(node);
        }
        if (!status.isOk()) {
          request.setErrorDetail(error);
        }
        call.sendMessage(request.build());
      }
      case STATE_OF_THE_WORLD -> {
        DiscoveryRequest.Builder request =
            DiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .addAllResourceNames(known.names)
                .setVersionInfo(known.version)
                .setResponseNonce(nonce.isEmpty() ? known.nonce : nonce);
        if (!nodeSent) {
          request.setNode(node);
        }
        if (!status.isOk()) {
          request.setErrorDetail(error);
        }
        call.sendMessage(request.build());
      }
    }
    known.asked = true;
    nodeSent = !nodeRepeated;
  }

  /// The next response, which is of that type.
  Received take(ResourceType type) {
    Received received = take();
    if (received.type() != type) {
      throw new AssertionError("expected " + type + ", got " + received);
    }
    return received;
  }

  /// The next response.
  Received take() {
    return switch (poll()) {
      case DeltaDiscoveryResponse delta -> read(delta);
      case DiscoveryResponse whole -> read(whole);
      case Object other -> throw new AssertionError("expected a response, got " + other);
    };
  }

  /// Takes and acknowledges everything until a secret that it asks for last has come: by then
  /// whatever the server had to send without another word from the client is there.
  ///
  /// @return what came besides
  List<Received> takeUntil(String fence) {
    java.util.ArrayList<Received> before = new java.util.ArrayList<>();
    for (int round = 0; round < 2; round++) {
      subscribe(ResourceType.SECRET, fence);
      while (true) {
        Received received = take();
        ack(received);
        if (received.type() == ResourceType.SECRET && received.marks().containsKey(fence)) {
          break;
        }
        before.add(received);
      }
      unsubscribe(ResourceType.SECRET, fence);
    }
    return before;
  }

  /// How the stream ended; responses before it are passed over.
  Status awaitEnd() {
    while (true) {
      if (poll() instanceof Status status) {
        return status;
      }
    }
  }

  private Object poll() {
    try {
      Object next = inbox.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came for " + PATIENCE_SECONDS + " s");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private TypeMemory memory(ResourceType type) {
    return java.util.Objects.requireNonNull(memory.get(type));
  }

  private static Received read(DeltaDiscoveryResponse response) {
    SortedMap<String, String> marks = new TreeMap<>();
    SortedMap<String, String> versions = new TreeMap<>();
    for (Resource resource : response.getResourcesList()) {
      marks.put(resource.getName(), Samples.named(resource.getResource()).getValue());
      versions.put(resource.getName(), resource.getVersion());
    }
    return new Received(
        type(response.getTypeUrl()),
        response.getNonce(),
        response.getSystemVersionInfo(),
        marks,
        versions,
        response.getRemovedResourcesList(),
        response.getSerializedSize());
  }

  private static Received read(DiscoveryResponse response) {
    SortedMap<String, String> marks = new TreeMap<>();
    for (Any any : response.getResourcesList()) {
      Map.Entry<String, String> named = Samples.named(any);
      marks.put(named.getKey(), named.getValue());
    }
    return new Received(
        type(response.getTypeUrl()),
        response.getNonce(),
        response.getVersionInfo(),
        marks,
        new TreeMap<>(),
        List.of(),
        response.getSerializedSize());
  }

  private static ResourceType type(String typeUrl) {
    return ResourceType.ofTypeUrl(typeUrl).orElseThrow();
  }

  @Override
  public void close() {
    call.cancel("the test is over", null);
    channel.shutdownNow();
  }
}
