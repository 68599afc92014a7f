package io.sallyport.xds.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.xds.Admission.Claims;
import io.sallyport.xds.Encoding;
import io.sallyport.xds.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Reads what clients send.
final class Requests {
  /// Envoy's own messages are no longer.
  private static final int MESSAGE_CHARS = 4096;

  private Requests() {}

  /// @param node what the client says of itself; only in its first message for certain
  /// @param typeUrl what the request is about
  /// @param request empty if that is no type that we serve
  record Received(Optional<Node> node, String typeUrl, Optional<Request> request) {}

  static Received read(Encoding encoding, ByteString bytes) throws InvalidProtocolBufferException {
    return switch (encoding) {
      case INCREMENTAL -> incremental(DeltaDiscoveryRequest.parseFrom(bytes));
      case STATE_OF_THE_WORLD -> stateOfTheWorld(DiscoveryRequest.parseFrom(bytes));
    };
  }

  private static Received incremental(DeltaDiscoveryRequest message) {
    Optional<Request> request =
        ResourceType.ofTypeUrl(message.getTypeUrl())
            .map(type ->
                new Request.Incremental(
                    type,
                    message.getResourceNamesSubscribeList(),
                    message.getResourceNamesUnsubscribeList(),
                    message.getInitialResourceVersionsMap(),
                    message.getResponseNonce(),
                    error(message.hasErrorDetail(), message.getErrorDetail())));
    return new Received(
        message.hasNode() ? Optional.of(message.getNode()) : Optional.empty(),
        message.getTypeUrl(),
        request);
  }

  private static Received stateOfTheWorld(DiscoveryRequest message) {
    Optional<Request> request =
        ResourceType.ofTypeUrl(message.getTypeUrl())
            .map(type ->
                new Request.StateOfTheWorld(
                    type,
                    message.getResourceNamesList(),
                    message.getVersionInfo(),
                    message.getResponseNonce(),
                    error(message.hasErrorDetail(), message.getErrorDetail())));
    return new Received(
        message.hasNode() ? Optional.of(message.getNode()) : Optional.empty(),
        message.getTypeUrl(),
        request);
  }

  private static Optional<String> error(boolean present, Status detail) {
    if (!present) {
      return Optional.empty();
    }
    String message = detail.getMessage();
    return Optional.of(
        message.length() <= MESSAGE_CHARS ? message : message.substring(0, MESSAGE_CHARS));
  }

  /// What a node claims, of which only strings under `sallyport` count.
  ///
  /// @throws IllegalArgumentException if it claims too much, or what is no string
  static Claims claims(Node node, XdsLimits limits) {
    require(node.getId().length() <= limits.nodeChars(), "node.id is too long");
    Map<String, String> metadata = new HashMap<>();
    Struct own =
        node.getMetadata()
            .getFieldsOrDefault("sallyport", Value.getDefaultInstance())
            .getStructValue();
    require(
        own.getFieldsCount() <= limits.nodeEntries(),
        "node.metadata.sallyport has too many entries");
    own.getFieldsMap()
        .forEach((name, value) -> {
          require(
              value.hasStringValue()
                  && name.length() <= limits.nodeChars()
                  && value.getStringValue().length() <= limits.nodeChars(),
              "an entry of node.metadata.sallyport is no string, or too long");
          metadata.put(name, value.getStringValue());
        });
    return new Claims(node.getId(), Map.copyOf(metadata), userAgent(node, limits));
  }

  private static String userAgent(Node node, XdsLimits limits) {
    String version = node.getUserAgentVersion();
    if (node.hasUserAgentBuildVersion()) {
      var number = node.getUserAgentBuildVersion().getVersion();
      version = number.getMajorNumber() + "." + number.getMinorNumber() + "." + number.getPatch();
    }
    String agent =
        version.isEmpty() ? node.getUserAgentName() : node.getUserAgentName() + "/" + version;
    return agent.length() <= limits.nodeChars() ? agent : agent.substring(0, limits.nodeChars());
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
