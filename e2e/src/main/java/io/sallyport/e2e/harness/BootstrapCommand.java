package io.sallyport.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// `sallyport bootstrap`, run as a user would.
///
/// @param work where its logs are
/// @param data the control plane's `--data`
/// @param xds `address:port` of the ADS endpoint
record BootstrapCommand(Path work, Path data, String xds) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Writes what a proxy starts from into a directory. A file `admin-port` beside its files names
  /// Envoy's admin port.
  Path run(
      Path directory,
      String kind,
      String namespace,
      String workload,
      String address,
      String... options) {
    int adminPort = Layout.freePort(address);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            "bootstrap",
            kind,
            "--namespace",
            namespace,
            "--workload",
            workload,
            "--data",
            data.toString(),
            "--xds",
            xds,
            "--out",
            directory.toString(),
            "--envoy-admin",
            address + ":" + adminPort));
    if (kind.equals("sidecar")) {
      arguments.addAll(List.of("--interception", "proxy-protocol"));
    }
    arguments.addAll(List.of(options));
    try (ChildProcess command =
        Sallyport.start(
            "bootstrap of " + workload,
            work.resolve("bootstrap-" + namespace + "-" + workload + ".log"),
            arguments.toArray(String[]::new))) {
      int code = command.waitFor(LIMIT);
      if (code != 0) {
        throw new IllegalStateException("bootstrap ended with " + code + ":\n" + command.tail());
      }
      Files.writeString(directory.resolve("admin-port"), String.valueOf(adminPort));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return directory;
  }
}
