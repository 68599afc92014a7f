package io.sallyport.e2e.containers;

import java.util.Optional;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/// The images that containers are made from. Each has a variable, the same as in
/// `docker-compose.yml`, for where the public one can't be had.
enum Image {
  ENVOY("ENVOY_IMAGE", "envoyproxy/envoy:v1.40.0"),
  /// A Java runtime of version 25.
  JAVA("JAVA_IMAGE", "eclipse-temurin:25-jre"),
  /// A shell with iptables, curl and ping.
  TOOLS("TOOLS_IMAGE", "nicolaka/netshoot:v0.13");

  private final String variable;
  private final String publicName;

  Image(String variable, String publicName) {
    this.variable = variable;
    this.publicName = publicName;
  }

  DockerImageName reference() {
    return DockerImageName.parse(
        Optional.ofNullable(System.getenv(variable))
            .filter(name -> !name.isBlank())
            .orElse(publicName));
  }

  /// Fetches it where it is not there yet.
  ///
  /// @throws RuntimeException where it can't be had
  void ensure() {
    new RemoteDockerImage(reference()).get();
  }
}
