package io.sallyport.source.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes a directory as the kubelet does (Kubernetes `pkg/volume/util/atomic_writer.go` describes
/// the steps), one step at a time.
final class MountedConfigMap {
  private final Path mount;
  private int generation;

  MountedConfigMap(Path mount) throws IOException {
    this.mount = Files.createDirectories(mount);
  }

  void write(Map<String, String> files) throws IOException {
    for (Step step : steps(files)) {
      step.run();
    }
  }

  /// One thing that the kubelet does; between two of them anyone may look.
  interface Step {
    void run() throws IOException;
  }

  List<Step> steps(Map<String, String> files) throws IOException {
    Path data = mount.resolve("..data");
    Optional<Path> old =
        Files.isSymbolicLink(data)
            ? Optional.of(mount.resolve(Files.readSymbolicLink(data)))
            : Optional.empty();
    Path payload = mount.resolve("..2026_11_22_" + ++generation);
    Path temporary = mount.resolve("..data_tmp");
    List<Step> steps = new ArrayList<>();
    steps.add(() -> Files.createDirectories(payload));
    files.forEach((name, text) -> steps.add(() -> Files.writeString(payload.resolve(name), text)));
    steps.add(() -> Files.createSymbolicLink(temporary, mount.relativize(payload)));
    steps.add(() -> Files.move(temporary, data, StandardCopyOption.ATOMIC_MOVE));
    for (String name : files.keySet()) {
      Path link = mount.resolve(name);
      steps.add(() -> {
        if (!Files.isSymbolicLink(link)) {
          Files.createSymbolicLink(link, Path.of("..data", name));
        }
      });
    }
    steps.add(() -> removeStaleLinks(files));
    old.ifPresent(directory -> steps.add(() -> Scanning.deleteTree(directory)));
    return steps;
  }

  private void removeStaleLinks(Map<String, String> files) throws IOException {
    try (Stream<Path> entries = Files.list(mount)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (!name.startsWith(".") && !files.containsKey(name)) {
          Files.delete(entry);
        }
      }
    }
  }
}
