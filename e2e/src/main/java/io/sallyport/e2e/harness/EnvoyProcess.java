package io.sallyport.e2e.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A real Envoy on this machine, started with the bootstrap that `sallyport bootstrap` wrote.
public final class EnvoyProcess implements Proxy, AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final ChildProcess process;
  private final InetSocketAddress admin;

  /// @param directory holds `envoy.yaml`; the log goes there too
  public EnvoyProcess(EnvoyBinary binary, String name, Path directory, InetSocketAddress admin) {
    this.admin = admin;
    this.process =
        new ChildProcess(
            name,
            List.of(
                binary.path().toString(),
                "-c",
                directory.resolve("envoy.yaml").toString(),
                "--disable-hot-restart",
                "--concurrency",
                "1",
                "--log-level",
                "warning",
                "--drain-time-s",
                String.valueOf(DRAIN_TIME.toSeconds()),
                "--file-flush-interval-msec",
                "20"),
            directory.resolve("envoy.log"));
  }

  public ChildProcess process() {
    return process;
  }

  @Override
  public String name() {
    return process.name();
  }

  @Override
  public String instance() {
    return "pid " + process.pid();
  }

  @Override
  public boolean alive() {
    return process.alive();
  }

  @Override
  public String output() {
    return process.output();
  }

  /// Waits until Envoy has its first configuration and takes traffic.
  public EnvoyProcess awaitReady(Duration limit) {
    Await.until(
        process.name() + " is ready",
        limit,
        () -> {
          if (!process.alive()) {
            throw new IllegalStateException(process.name() + " ended:\n" + process.tail());
          }
          return admin("/ready").filter(text -> text.startsWith("LIVE")).isPresent();
        },
        process::tail);
    return this;
  }

  @Override
  public Optional<String> admin(String path) {
    URI uri =
        URI.create("http://" + admin.getAddress().getHostAddress() + ":" + admin.getPort() + path);
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking Envoy", e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
