package io.sallyport.status;

import io.sallyport.snapshot.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// What one proxy has acknowledged: a snapshot, and what it accepted and dropped since. A snapshot
/// is shared, so a proxy that stands still costs next to nothing. Not thread-safe.
final class Holdings {
  private Snapshot base = Snapshot.EMPTY;
  private final Map<ResourceType, Map<String, Optional<VersionedResource>>> since =
      new EnumMap<>(ResourceType.class);

  /// The proxy has these now, and no longer those.
  ///
  /// @return the documents of which something changed
  Set<String> accept(ResourceType type, List<VersionedResource> changed, List<String> removed) {
    Set<String> touched = new HashSet<>();
    for (VersionedResource resource : changed) {
      Optional<VersionedResource> before = get(type, resource.name());
      if (!isSame(before, Optional.of(resource))) {
        touch(before, touched);
        touch(Optional.of(resource), touched);
        put(type, resource.name(), Optional.of(resource));
      }
    }
    for (String name : removed) {
      Optional<VersionedResource> before = get(type, name);
      if (before.isPresent()) {
        touch(before, touched);
        put(type, name, Optional.empty());
      }
    }
    return touched;
  }

  /// The proxy has all of `snapshot` now, and nothing else.
  ///
  /// @return the documents of which something changed
  Set<String> sync(Snapshot snapshot) {
    Set<String> touched = new HashSet<>();
    difference(
        snapshot,
        (held, wanted) -> {
          touch(held, touched);
          touch(wanted, touched);
        });
    base = snapshot;
    since.clear();
    return touched;
  }

  /// The newest snapshot that the proxy acknowledged as a whole.
  Snapshot synced() {
    return base;
  }

  Optional<VersionedResource> get(ResourceType type, String name) {
    Optional<VersionedResource> newer = since.getOrDefault(type, Map.of()).get(name);
    return newer != null ? newer : Optional.ofNullable(base.of(type).get(name));
  }

  /// Calls `each` with what is held and what is wanted, wherever these differ.
  void difference(
      Snapshot wanted, BiConsumer<Optional<VersionedResource>, Optional<VersionedResource>> each) {
    if (wanted == base && since.isEmpty()) {
      return;
    }
    for (ResourceType type : ResourceType.values()) {
      for (VersionedResource resource : wanted.of(type).values()) {
        Optional<VersionedResource> held = get(type, resource.name());
        if (!isSame(held, Optional.of(resource))) {
          each.accept(held, Optional.of(resource));
        }
      }
      Set<String> names = new HashSet<>(base.of(type).keySet());
      names.addAll(since.getOrDefault(type, Map.of()).keySet());
      for (String name : names) {
        Optional<VersionedResource> held = get(type, name);
        if (held.isPresent() && !wanted.of(type).containsKey(name)) {
          each.accept(held, Optional.empty());
        }
      }
    }
  }

  /// Whether the proxy has all of `wanted` and nothing else.
  boolean isAllOf(Snapshot wanted) {
    boolean[] same = {true};
    difference(wanted, (_, _) -> same[0] = false);
    return same[0];
  }

  Holdings copy() {
    Holdings copy = new Holdings();
    copy.base = base;
    since.forEach((type, byName) -> copy.since.put(type, new HashMap<>(byName)));
    return copy;
  }

  private void put(ResourceType type, String name, Optional<VersionedResource> resource) {
    since.computeIfAbsent(type, _ -> new HashMap<>()).put(name, resource);
  }

  private static boolean isSame(
      Optional<VersionedResource> one, Optional<VersionedResource> other) {
    return one.map(VersionedResource::version).equals(other.map(VersionedResource::version));
  }

  private static void touch(Optional<VersionedResource> resource, Set<String> touched) {
    for (Origin origin : resource.map(VersionedResource::origins).orElse(List.of())) {
      touched.add(origin.resource());
    }
  }
}
