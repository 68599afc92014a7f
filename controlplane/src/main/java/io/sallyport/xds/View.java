package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The resources of one type that a client is to have.
///
/// @param all by name
/// @param leaving what is gone from `all` and may still be asked for, because the client is still
///   being brought to a snapshot that had it: the newest of each
/// @param version of `all`
/// @param key equal for equal views of one type
record View(
    SortedMap<String, VersionedResource> all,
    SortedMap<String, VersionedResource> leaving,
    String version,
    String key) {
  static View of(ResourceType type, Snapshot snapshot) {
    String version = snapshot.version(type);
    return new View(snapshot.of(type), Collections.emptySortedMap(), version, version);
  }

  /// The view of a newer snapshot; what is gone from this one is leaving.
  View then(ResourceType type, Snapshot newer) {
    SortedMap<String, VersionedResource> now = newer.of(type);
    SortedMap<String, VersionedResource> gone = new TreeMap<>(leaving);
    gone.putAll(all);
    gone.keySet().removeAll(now.keySet());
    String version = newer.version(type);
    return new View(now, gone, version, version + '/' + Snapshot.versionOf(gone.values()));
  }

  @Nullable VersionedResource get(String name) {
    VersionedResource resource = all.get(name);
    return resource != null ? resource : leaving.get(name);
  }
}
