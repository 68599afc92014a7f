package io.sallyport.xds;

import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// What goes into one response.
///
/// @param resources all that the response carries
/// @param changed those of them that are new to the client
/// @param removed names that the client is told are not there (any more)
record Piece(
    List<VersionedResource> resources, List<VersionedResource> changed, List<String> removed) {
  Piece {
    resources = List.copyOf(resources);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
  }
}
