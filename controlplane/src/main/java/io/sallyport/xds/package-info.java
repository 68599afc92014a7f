/// The state of one xDS stream, pure: requests and snapshots go in, responses come out. It knows no
/// gRPC, no policy and no mesh; both encodings (incremental and state of the world) stand on it.
@NullMarked
package io.sallyport.xds;

import org.jspecify.annotations.NullMarked;
