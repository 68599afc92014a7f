package io.sallyport.xds;

import static io.sallyport.snapshot.ResourceType.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.sallyport.snapshot.VersionedResource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The bytes of a response are those that the protobuf library would have written.
class ResponseTest {
  private static final VersionedResource SMALL = Samples.cluster("small", 1);
  private static final VersionedResource LARGE =
      Samples.resource(CLUSTER, "large-ü", 1, "x".repeat(70_000));

  private static byte[] written(Response response) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    response.writeTo(out);
    assertThat(out.size()).isEqualTo(response.size());
    return out.toByteArray();
  }

  @Test
  void incremental() throws IOException {
    Response response =
        Response.of(
            Encoding.INCREMENTAL, CLUSTER, "7", "v", List.of(SMALL, LARGE), List.of("gone", "ö"));
    DeltaDiscoveryResponse.Builder expected =
        DeltaDiscoveryResponse.newBuilder()
            .setTypeUrl(CLUSTER.typeUrl())
            .setNonce("7")
            .setSystemVersionInfo("v")
            .addRemovedResources("gone")
            .addRemovedResources("ö");
    for (VersionedResource resource : List.of(SMALL, LARGE)) {
      expected.addResources(
          Resource.newBuilder()
              .setName(resource.name())
              .setVersion(resource.version())
              .setResource(resource.body()));
    }
    assertThat(written(response)).isEqualTo(expected.build().toByteArray());
  }

  @Test
  void stateOfTheWorld() throws IOException {
    Response response =
        Response.of(
            Encoding.STATE_OF_THE_WORLD, CLUSTER, "7", "v", List.of(SMALL, LARGE), List.of());
    assertThat(written(response))
        .isEqualTo(
            DiscoveryResponse.newBuilder()
                .setTypeUrl(CLUSTER.typeUrl())
                .setNonce("7")
                .setVersionInfo("v")
                .addResources(SMALL.body())
                .addResources(LARGE.body())
                .build()
                .toByteArray());
  }
}
