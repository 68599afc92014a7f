package io.sallyport.xds;

import com.google.protobuf.CodedOutputStream;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// One response of a stream: a header of its own around bytes that all streams share.
///
/// @param version of the whole: what a state-of-the-world client repeats as its `version_info`
/// @param removed names that are not there (any more); empty in state of the world
/// @param size what [#writeTo] writes, in bytes
public record Response(
    Encoding encoding,
    ResourceType type,
    String nonce,
    String version,
    List<VersionedResource> resources,
    List<String> removed,
    int size) {
  public Response {
    resources = List.copyOf(resources);
    removed = List.copyOf(removed);
  }

  static Response of(
      Encoding encoding,
      ResourceType type,
      String nonce,
      String version,
      List<VersionedResource> resources,
      List<String> removed) {
    Response unmeasured = new Response(encoding, type, nonce, version, resources, removed, 0);
    return new Response(
        encoding, type, nonce, version, resources, removed, unmeasured.computeSize());
  }

  /// Writes the protobuf message that the encoding asks for; the resources' bytes go from their one
  /// array to `out`.
  public void writeTo(OutputStream out) throws IOException {
    CodedOutputStream coded = CodedOutputStream.newInstance(out);
    switch (encoding) {
      case INCREMENTAL -> writeIncremental(coded);
      case STATE_OF_THE_WORLD -> writeStateOfTheWorld(coded);
    }
    coded.flush();
  }

  private int computeSize() {
    return switch (encoding) {
      case INCREMENTAL -> incrementalSize();
      case STATE_OF_THE_WORLD -> stateOfTheWorldSize();
    };
  }

  private int incrementalSize() {
    int bytes =
        CodedOutputStream.computeStringSize(
                DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, version)
            + CodedOutputStream.computeStringSize(
                DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, type.typeUrl())
            + CodedOutputStream.computeStringSize(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
    for (VersionedResource resource : resources) {
      int size = sizeOf(resource);
      bytes +=
          CodedOutputStream.computeTagSize(DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER)
              + CodedOutputStream.computeUInt32SizeNoTag(size)
              + size;
    }
    for (String name : removed) {
      bytes +=
          CodedOutputStream.computeStringSize(
              DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
    }
    return bytes;
  }

  private void writeIncremental(CodedOutputStream out) throws IOException {
    out.writeString(DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, version);
    for (VersionedResource resource : resources) {
      out.writeTag(DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER, LENGTH_DELIMITED);
      out.writeUInt32NoTag(sizeOf(resource));
      out.writeString(Resource.VERSION_FIELD_NUMBER, resource.version());
      out.writeMessage(Resource.RESOURCE_FIELD_NUMBER, resource.body());
      out.writeString(Resource.NAME_FIELD_NUMBER, resource.name());
    }
    out.writeString(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, type.typeUrl());
    out.writeString(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
    for (String name : removed) {
      out.writeString(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
    }
  }

  private int stateOfTheWorldSize() {
    int bytes =
        CodedOutputStream.computeStringSize(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, version)
            + CodedOutputStream.computeStringSize(
                DiscoveryResponse.TYPE_URL_FIELD_NUMBER, type.typeUrl())
            + CodedOutputStream.computeStringSize(DiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
    for (VersionedResource resource : resources) {
      bytes +=
          CodedOutputStream.computeMessageSize(
              DiscoveryResponse.RESOURCES_FIELD_NUMBER, resource.body());
    }
    return bytes;
  }

  private void writeStateOfTheWorld(CodedOutputStream out) throws IOException {
    out.writeString(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, version);
    for (VersionedResource resource : resources) {
      out.writeMessage(DiscoveryResponse.RESOURCES_FIELD_NUMBER, resource.body());
    }
    out.writeString(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, type.typeUrl());
    out.writeString(DiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
  }

  /// The size of a `Resource` message of the incremental encoding.
  private static int sizeOf(VersionedResource resource) {
    return CodedOutputStream.computeStringSize(Resource.VERSION_FIELD_NUMBER, resource.version())
        + CodedOutputStream.computeMessageSize(Resource.RESOURCE_FIELD_NUMBER, resource.body())
        + CodedOutputStream.computeStringSize(Resource.NAME_FIELD_NUMBER, resource.name());
  }

  private static final int LENGTH_DELIMITED = 2;
}
