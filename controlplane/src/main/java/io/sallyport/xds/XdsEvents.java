package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// What happens on the streams, told to whoever shows it. Calls come from the stream's own
/// executor, in order for one stream; implementations are thread-safe and must not block.
public interface XdsEvents {
  void connected(long stream, ProxyId proxy, String encoding, String userAgent);

  /// The proxy said when it subscribed that it has these, from an earlier stream.
  default void held(long stream, ResourceType type, List<VersionedResource> resources) {}

  /// An update of one type has left, whole. `bytes` is what went on the wire.
  void sent(
      long stream,
      ResourceType type,
      List<VersionedResource> changed,
      List<String> removed,
      long bytes);

  /// The proxy accepted one response, a part of an update or all of it: it has `changed` now, and
  /// `removed` no longer.
  default void accepted(
      long stream, ResourceType type, List<VersionedResource> changed, List<String> removed) {}

  /// The proxy accepted an update of one type, all of it.
  void acked(long stream, ResourceType type);

  /// The proxy refused: `suspects` are the resources of that update that its message names, or all
  /// of them where it names none.
  void nacked(long stream, ResourceType type, String message, List<VersionedResource> suspects);

  /// The proxy has acknowledged all that it subscribed to in `snapshot`.
  void synced(long stream, Snapshot snapshot);

  void disconnected(long stream, String reason);
}
