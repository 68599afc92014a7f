package io.sallyport.e2e.containers;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/// The Docker engine of this machine, if there is one.
final class Engine {
  static {
    for (String chatty : new String[] {"org.testcontainers", "tc"}) {
      ((Logger) LoggerFactory.getLogger(chatty)).setLevel(Level.WARN);
    }
  }

  private Engine() {}

  /// Why containers can't be used here; empty when they can: an engine answers, and every image is
  /// there or can be fetched.
  static Optional<String> missing() {
    boolean named = System.getenv("DOCKER_HOST") != null;
    if (!named && !Files.exists(Path.of("/var/run/docker.sock"))) {
      return Optional.of("no Docker engine: neither DOCKER_HOST nor /var/run/docker.sock");
    }
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.of("no Docker engine answers");
    }
    for (Image image : Image.values()) {
      try {
        image.ensure();
      } catch (RuntimeException e) {
        return Optional.of("the image " + image.reference() + " can't be had: " + e.getMessage());
      }
    }
    return Optional.empty();
  }
}
