package io.sallyport.snapshot;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// All resources that a proxy is to have: by type, then by name. Immutable.
public final class Snapshot {
  public static final Snapshot EMPTY = new Snapshot(new EnumMap<>(ResourceType.class));

  private final Map<ResourceType, SortedMap<String, VersionedResource>> resources;

  private Snapshot(Map<ResourceType, SortedMap<String, VersionedResource>> resources) {
    this.resources = resources;
  }

  /// The snapshot of these resources; two of one type and name are a programmer's mistake.
  public static Snapshot of(Collection<VersionedResource> resources) {
    return EMPTY.with(resources);
  }

  /// This snapshot with `more` added; two of one type and name are a programmer's mistake.
  public Snapshot with(Collection<VersionedResource> more) {
    EnumMap<ResourceType, SortedMap<String, VersionedResource>> merged =
        new EnumMap<>(ResourceType.class);
    resources.forEach((type, byName) -> merged.put(type, new TreeMap<>(byName)));
    for (VersionedResource resource : more) {
      VersionedResource other =
          merged
              .computeIfAbsent(resource.type(), _ -> new TreeMap<>())
              .put(resource.name(), resource);
      if (other != null) {
        throw new IllegalArgumentException(
            "two resources of type " + resource.type() + " are named " + resource.name());
      }
    }
    merged.replaceAll((_, byName) -> Collections.unmodifiableSortedMap(byName));
    return new Snapshot(merged);
  }

  /// The resources of one type by name.
  public SortedMap<String, VersionedResource> of(ResourceType type) {
    return resources.getOrDefault(type, Collections.emptySortedMap());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Snapshot snapshot && resources.equals(snapshot.resources);
  }

  @Override
  public int hashCode() {
    return resources.hashCode();
  }

  @Override
  public String toString() {
    return "Snapshot" + resources;
  }
}
