package io.sallyport.app;

import io.sallyport.bootstrap.HostPort;
import java.nio.file.Path;
import java.util.List;

/// What `serve` was asked for.
///
/// @param resources directories of documents
/// @param data the data directory
/// @param xds where Envoys connect
/// @param xdsNames further names and addresses of the control plane, for its certificate
/// @param admin where health, metrics and status are
record Config(
    List<Path> resources, Path data, HostPort xds, List<String> xdsNames, HostPort admin) {
  Config {
    resources = List.copyOf(resources);
    xdsNames = List.copyOf(xdsNames);
  }
}
