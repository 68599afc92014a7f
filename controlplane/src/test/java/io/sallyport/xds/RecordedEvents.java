package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what it was told, as text: one line an event.
public final class RecordedEvents implements XdsEvents {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  public List<String> lines() {
    return List.copyOf(lines);
  }

  /// How many lines begin so.
  public long count(String prefix) {
    return lines.stream().filter(line -> line.startsWith(prefix)).count();
  }

  public void clear() {
    lines.clear();
  }

  @Override
  public void connected(long stream, ProxyId proxy, String encoding, String userAgent) {
    lines.add("connected " + proxy + " " + encoding + " " + userAgent);
  }

  @Override
  public void sent(
      long stream,
      ResourceType type,
      List<VersionedResource> changed,
      List<String> removed,
      long bytes) {
    lines.add(
        "sent "
            + type.shortName()
            + " "
            + changed.stream().map(VersionedResource::name).toList()
            + " "
            + removed);
  }

  @Override
  public void acked(long stream, ResourceType type) {
    lines.add("acked " + type.shortName());
  }

  @Override
  public void nacked(
      long stream, ResourceType type, String message, List<VersionedResource> suspects) {
    lines.add(
        "nacked "
            + type.shortName()
            + " "
            + suspects.stream().map(VersionedResource::name).toList()
            + " "
            + message);
  }

  @Override
  public void synced(long stream, Snapshot snapshot) {
    lines.add("synced");
  }

  @Override
  public void disconnected(long stream, String reason) {
    lines.add("disconnected " + reason);
  }
}
