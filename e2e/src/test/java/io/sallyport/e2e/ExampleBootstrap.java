package io.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The bootstraps of `envoy-configs`, as a user would put them to use.
final class ExampleBootstrap {
  private ExampleBootstrap() {}

  /// The document as it is in the repository.
  static String text(String name) throws IOException {
    return Files.readString(Path.of("..", "envoy-configs", name));
  }

  /// Puts an example in place of the `envoy.yaml` that `sallyport bootstrap` wrote.
  ///
  /// @param directory what `--out` was
  /// @param changes what stands in the example, and what a test needs instead; each must be there
  static Path install(String name, Path directory, Map<String, String> changes) throws IOException {
    String text = text(name).replace("/etc/sallyport/proxy", directory.toString());
    for (Map.Entry<String, String> change : changes.entrySet()) {
      assertThat(text).contains(change.getKey());
      text = text.replace(change.getKey(), change.getValue());
    }
    return Files.writeString(directory.resolve("envoy.yaml"), text);
  }

  /// An address as the examples write it.
  static String address(String host, int port) {
    return "{address: " + host + ", port_value: " + port + "}";
  }
}
