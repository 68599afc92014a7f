package io.sallyport.xds;

import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// What is between a client and what it is to have, of one type.
///
/// @param upserts what it lacks or has in another version, by name
/// @param missing names it asked for and was not yet told do not exist
/// @param removals names it has that are gone
/// @param parked whether it lacks something because it refused it
record Difference(
    List<VersionedResource> upserts, List<String> missing, List<String> removals, boolean parked) {}
