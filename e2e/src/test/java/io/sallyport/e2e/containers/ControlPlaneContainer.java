package io.sallyport.e2e.containers;

import com.github.dockerjava.api.model.Bind;
import io.sallyport.e2e.harness.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/// `sallyport serve` in a container, with a volume for each proxy's bootstrap, which it keeps
/// fresh.
final class ControlPlaneContainer {
  private static final String MAIN = "io.sallyport.app.Main";
  private static final String DATA = "/var/lib/sallyport";
  private static final String BOOTSTRAP = "/etc/sallyport";
  private static final int XDS_PORT = 15012;
  private static final int ADMIN_PORT = 15014;

  private final Program program;
  private final String address;
  private final GenericContainer<?> container;

  /// A proxy, and the volume from which it starts.
  ///
  /// @param options of its bootstrap, besides those that every proxy has
  record Proxy(
      String kind, String namespace, String workload, String volume, List<String> options) {
    private String directory() {
      return DATA + "/proxies/" + namespace + "-" + workload;
    }

    /// What its container mounts.
    Bind bind() {
      return Volumes.readOnly(volume, BOOTSTRAP);
    }

    /// What its Envoy is started with.
    List<String> arguments() {
      return List.of(
          "-c",
          BOOTSTRAP + "/envoy.yaml",
          "--disable-hot-restart",
          "--concurrency",
          "1",
          "--drain-time-s",
          String.valueOf(io.sallyport.e2e.harness.Proxy.DRAIN_TIME.toSeconds()),
          "--log-level",
          "warning",
          "--file-flush-interval-msec",
          "20");
    }
  }

  /// @param address where `pod` is reached
  /// @param data the volume of its own state
  ControlPlaneContainer(
      Pod pod, String address, Program program, Path resources, String data, List<Proxy> proxies) {
    this.program = program;
    this.address = address;
    List<Bind> binds = new ArrayList<>();
    binds.add(program.bind());
    binds.add(Pod.readOnly(resources, "/resources"));
    binds.add(Volumes.writable(data, DATA));
    proxies.forEach(proxy -> binds.add(Volumes.writable(proxy.volume(), proxy.directory())));
    List<String> serve =
        List.of(
            "serve",
            "--resources",
            "/resources",
            "--data",
            DATA,
            "--xds",
            "0.0.0.0:" + XDS_PORT,
            "--admin",
            "0.0.0.0:" + ADMIN_PORT);
    this.container = pod.run(Image.JAVA, Pod.PROXY_USER, binds, program.java(MAIN, serve));
  }

  void awaitReady(Duration limit) {
    String uri = "http://" + address + ":" + ADMIN_PORT + "/readyz";
    Await.until(
        "the control plane is ready",
        limit,
        () -> {
          if (!container.isRunning()) {
            throw new IllegalStateException("the control plane ended:\n" + container.getLogs());
          }
          return HostHttp.get(uri).isPresent();
        },
        container::getLogs);
  }

  /// What `/v1/status` answers.
  String status() {
    return HostHttp.get("http://" + address + ":" + ADMIN_PORT + "/v1/status").orElse("");
  }

  /// Copies what a proxy starts from.
  void copyBootstrap(Proxy proxy, Path to) {
    try {
      Files.createDirectories(to);
      for (String file : List.of("tls.crt", "tls.key", "ca.crt")) {
        Files.writeString(to.resolve(file), run("cat", proxy.directory() + "/" + file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether the registry has a workload of that name.
  boolean knows(String workload) {
    return run("cat", DATA + "/workloads.json").contains('"' + workload + '"');
  }

  /// Runs `sallyport bootstrap` for a proxy.
  void bootstrap(Proxy proxy) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "bootstrap",
                proxy.kind(),
                "--namespace",
                proxy.namespace(),
                "--workload",
                proxy.workload(),
                "--data",
                DATA,
                "--xds",
                address + ":" + XDS_PORT,
                "--out",
                proxy.directory(),
                "--mounted-at",
                BOOTSTRAP));
    arguments.addAll(proxy.options());
    run(program.java(MAIN, arguments).toArray(String[]::new));
  }

  /// What a command in this container prints.
  private String run(String... command) {
    try {
      ExecResult result = container.execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + result);
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + String.join(" ", command), e);
    }
  }

  String tail() {
    List<String> lines = container.getLogs().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
