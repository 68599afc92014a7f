/// What Envoy is to receive: named, versioned, serialised resources, gathered into immutable
/// snapshots, and the board on which the newest snapshot of every scope hangs.
@NullMarked
package io.sallyport.snapshot;

import org.jspecify.annotations.NullMarked;
