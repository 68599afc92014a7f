package io.sallyport.snapshot;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// One xDS resource, serialised once. Its version is a SHA-256 of its deterministic bytes, so two
/// replicas, or one before and after a restart, give the same resource the same version.
///
/// @param body the resource in an `Any`, as both encodings send it; the bytes are shared by every
///   stream
/// @param origins the fields it comes from, sorted; empty for what no policy asked for
public record VersionedResource(
    ResourceType type, String name, String version, Any body, List<Origin> origins) {
  public VersionedResource {
    origins = origins.stream().sorted().distinct().toList();
  }

  /// Serialises `message`, deterministically, and derives the version from the bytes.
  public static VersionedResource of(
      ResourceType type, String name, Message message, List<Origin> origins) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an array of the computed size was too small", e);
    }
    Any body =
        Any.newBuilder().setTypeUrl(type.typeUrl()).setValue(ByteString.copyFrom(bytes)).build();
    return new VersionedResource(type, name, sha256(bytes), body, origins);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
