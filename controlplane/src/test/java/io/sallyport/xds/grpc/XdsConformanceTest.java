package io.sallyport.xds.grpc;

import static io.sallyport.snapshot.ResourceType.CLUSTER;
import static io.sallyport.snapshot.ResourceType.ENDPOINT;
import static io.sallyport.snapshot.ResourceType.LISTENER;
import static io.sallyport.snapshot.ResourceType.ROUTE;
import static io.sallyport.snapshot.ResourceType.SECRET;
import static io.sallyport.xds.Samples.cluster;
import static io.sallyport.xds.Samples.endpoint;
import static io.sallyport.xds.Samples.listener;
import static io.sallyport.xds.Samples.route;
import static io.sallyport.xds.Samples.secret;
import static io.sallyport.xds.Samples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.snapshot.Snapshot;
import io.sallyport.xds.Encoding;
import io.sallyport.xds.grpc.FakeClient.Received;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What both encodings promise, over real gRPC and TLS.
class XdsConformanceTest {
  private static final Snapshot WHOLE =
      snapshot(
          cluster("c1", 1),
          endpoint("c1", 1),
          secret("default", 1),
          secret("fence", 1),
          listener("l1", 1),
          route("r1", 1));

  /// Subscribes to everything in [#WHOLE] as Envoy does at its start, and takes it.
  private static void boot(FakeClient client) {
    client.subscribe(CLUSTER);
    client.ack(client.take(CLUSTER));
    client.subscribe(ENDPOINT, "c1");
    client.ack(client.take(ENDPOINT));
    client.subscribe(SECRET, "default");
    client.ack(client.take(SECRET));
    client.subscribe(LISTENER);
    client.ack(client.take(LISTENER));
    client.subscribe(ROUTE, "r1");
    client.ack(client.take(ROUTE));
  }

  @ParameterizedTest
  @EnumSource
  void aProxyGetsEverythingInOrder(Encoding encoding) {
    try (Edge edge = new Edge(WHOLE)) {
      FakeClient client = edge.client(encoding);
      boot(client);
      assertThat(client.takeUntil("fence")).isEmpty();
      assertThat(client.has(CLUSTER)).isEqualTo(Map.of("c1", "r1"));
      assertThat(client.has(ROUTE)).isEqualTo(Map.of("r1", "r1"));
      assertThat(edge.events.count("synced")).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReconnectingProxyGetsNothingThatItHas(Encoding encoding) {
    try (Edge edge = new Edge(WHOLE)) {
      FakeClient client = edge.client(encoding);
      boot(client);
      client.reconnect();
      client.resubscribe(CLUSTER);
      client.resubscribe(ENDPOINT);
      client.resubscribe(LISTENER);
      client.resubscribe(ROUTE);
      client.resubscribe(SECRET);
      assertThat(client.takeUntil("fence")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNackParks(Encoding encoding) {
    try (Edge edge = new Edge(WHOLE)) {
      FakeClient client = edge.client(encoding);
      boot(client);
      edge.feed.publish(
          Snapshot.of(
              java.util.List.of(
                  cluster("c1", 1),
                  endpoint("c1", 1),
                  secret("default", 1),
                  secret("fence", 1),
                  listener("l1", 2),
                  route("r1", 1))));
      Received bad = client.take(LISTENER);
      client.nack(bad, "Error adding/updating listener(s) l1: no");
      assertThat(client.takeUntil("fence")).isEmpty();
      assertThat(edge.events.lines())
          .contains("nacked LDS [l1] Error adding/updating listener(s) l1: no");
    }
  }
}
