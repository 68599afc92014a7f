package io.sallyport.e2e.containers;

import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/// A real Envoy in a container.
final class EnvoyContainer implements Proxy {
  private final String name;
  private final Pod pod;
  private final GenericContainer<?> container;

  /// Starts it.
  EnvoyContainer(Pod pod, ControlPlaneContainer.Proxy proxy) {
    this.name = proxy.kind() + " " + proxy.namespace() + "/" + proxy.workload();
    this.pod = pod;
    this.container = pod.run(Image.ENVOY, Pod.PROXY_USER, List.of(proxy.bind()), proxy.arguments());
  }

  /// Waits until Envoy has its first configuration and takes traffic. Its admin port is open to its
  /// own user alone.
  void awaitReady(Duration limit) {
    Await.until(
        name + " is ready",
        limit,
        () -> {
          if (!alive()) {
            throw new IllegalStateException(name + " ended:\n" + output());
          }
          return admin("/ready").filter(text -> text.startsWith("LIVE")).isPresent();
        },
        this::output);
  }

  @Override
  public Optional<String> admin(String path) {
    ExecResult answer =
        pod.tool(Pod.PROXY_USER, "curl", "-s", "-f", "http://127.0.0.1:15000" + path);
    return answer.getExitCode() == 0 ? Optional.of(answer.getStdout()) : Optional.empty();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String instance() {
    return container.getContainerId()
        + " "
        + container.getCurrentContainerInfo().getState().getStartedAt();
  }

  @Override
  public boolean alive() {
    return container.isRunning();
  }

  @Override
  public String output() {
    return container.getLogs();
  }
}
