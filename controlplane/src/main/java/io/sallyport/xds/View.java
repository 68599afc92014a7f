package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The resources of one type that a client is to have.
///
/// @param all by name
/// @param leaving the resources of an earlier snapshot that the client is still being brought to: a
///   name that is there and not in `all` can still be asked for
/// @param version of `all`
/// @param key equal for equal views of one type
record View(
    SortedMap<String, VersionedResource> all,
    SortedMap<String, VersionedResource> leaving,
    String version,
    String key) {
  static View of(ResourceType type, Snapshot newest, Snapshot earlier) {
    String version = newest.version(type);
    return new View(
        newest.of(type), earlier.of(type), version, version + '/' + earlier.version(type));
  }

  @Nullable VersionedResource get(String name) {
    VersionedResource resource = all.get(name);
    return resource != null ? resource : leaving.get(name);
  }
}
