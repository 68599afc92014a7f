package io.sallyport.snapshot;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One xDS resource, serialised once. Its version is a SHA-256 of its deterministic bytes, so two
/// replicas, or one before and after a restart, give the same resource the same version.
///
/// Two are equal if type, name, version and origins are: the version stands for the bytes.
///
/// @param body the resource in an `Any`, as both encodings send it; the bytes are shared by every
///   stream
/// @param origins the fields it comes from, sorted; empty for what no policy asked for
/// @param assignment for a cluster with EDS: the name of its `ClusterLoadAssignment`; else empty
public record VersionedResource(
    ResourceType type,
    String name,
    String version,
    Any body,
    List<Origin> origins,
    String assignment) {
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
    return new VersionedResource(
        type, name, sha256(bytes), body, origins, message instanceof Cluster c ? eds(c) : "");
  }

  /// This resource, with the bytes of `earlier` if those are the same.
  VersionedResource sharing(@Nullable VersionedResource earlier) {
    if (earlier == null || !earlier.version.equals(version)) {
      return this;
    }
    return equals(earlier)
        ? earlier
        : new VersionedResource(type, name, version, earlier.body, origins, assignment);
  }

  private static String eds(Cluster cluster) {
    if (!cluster.hasEdsClusterConfig()) {
      return "";
    }
    String service = cluster.getEdsClusterConfig().getServiceName();
    return service.isEmpty() ? cluster.getName() : service;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof VersionedResource that
            && type == that.type
            && name.equals(that.name)
            && version.equals(that.version)
            && origins.equals(that.origins));
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, name, version);
  }

  /// For people: the type, name and version, without the bytes (a secret's are secret).
  @Override
  public String toString() {
    return type.shortName() + " " + name + "@" + version;
  }
}
