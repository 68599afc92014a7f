package io.sallyport.xds.grpc;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.xds.Admission;
import io.sallyport.xds.Encoding;
import io.sallyport.xds.ProxyId;
import io.sallyport.xds.RecordedEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server under test, with everything around it, on a port of its own.
final class Edge implements AutoCloseable {
  final TestCertificates certificates = new TestCertificates("test");
  final FakeFeed feed;
  final RecordedEvents events = new RecordedEvents();
  final MovableClock clock = new MovableClock();
  final List<Throwable> faults = new CopyOnWriteArrayList<>();
  final XdsServer server;
  private final List<FakeClient> clients = new ArrayList<>();
  volatile Admission admission;

  Edge(Snapshot first) {
    this(first, XdsLimits.DEFAULT);
  }

  Edge(Snapshot first, XdsLimits limits) {
    feed = new FakeFeed(first);
    admission =
        (peer, _) ->
            new Admission.Admitted(
                new ProxyId("sidecar", peer.namespace(), peer.workload().orElse("?")), feed);
    try {
      server =
          XdsServer.start(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              certificates.server(),
              (peer, node) -> admission.admit(peer, node),
              events,
              limits,
              clock,
              faults::add);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  ManagedChannel channel(ChannelCredentials credentials) {
    return NettyChannelBuilder.forAddress("localhost", server.port(), credentials).build();
  }

  static Node node(String id) {
    return Node.newBuilder().setId(id).setUserAgentName("fake").setUserAgentVersion("1").build();
  }

  /// A client with a certificate of namespace `default`, service account `default`.
  FakeClient client(Encoding encoding) {
    return client(encoding, certificates.client(certificates.proxy("default", "default", "sleep")));
  }

  FakeClient client(Encoding encoding, ChannelCredentials credentials) {
    FakeClient client =
        new FakeClient(encoding, channel(credentials), node("sidecar~default~sleep"));
    clients.add(client);
    return client;
  }

  @Override
  public void close() {
    clients.forEach(FakeClient::close);
    server.close(Duration.ofSeconds(2));
    if (!faults.isEmpty()) {
      throw new AssertionError("the edge had faults", faults.getFirst());
    }
  }
}
