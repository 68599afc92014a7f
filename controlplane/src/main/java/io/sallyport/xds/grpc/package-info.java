/// The edge of the xDS service on gRPC: one ADS service with both encodings, over mutual TLS.
@NullMarked
package io.sallyport.xds.grpc;

import org.jspecify.annotations.NullMarked;
