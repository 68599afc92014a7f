package io.sallyport.e2e.harness;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// `sallyport serve` as a process of its own, so that it can be killed.
public final class ControlPlaneProcess implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final ChildProcess process;
  private final String adminAddress;

  /// @param xds `address:port` of the ADS endpoint
  /// @param admin `address:port` of the admin endpoint
  public ControlPlaneProcess(Path resources, Path data, String xds, String admin, Path log) {
    this.adminAddress = admin;
    this.process =
        Sallyport.start(
            "control plane",
            log,
            "serve",
            "--resources",
            resources.toString(),
            "--data",
            data.toString(),
            "--xds",
            xds,
            "--admin",
            admin);
  }

  public ChildProcess process() {
    return process;
  }

  /// Waits until it serves.
  public ControlPlaneProcess awaitReady(Duration limit) {
    Await.until(
        "the control plane is ready",
        limit,
        () -> {
          if (!process.alive()) {
            throw new IllegalStateException("the control plane ended:\n" + process.tail());
          }
          return get("/readyz").isPresent();
        },
        process::tail);
    return this;
  }

  /// What the admin endpoint answers; empty when it does not answer with 200.
  public Optional<String> get(String path) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(URI.create("http://" + adminAddress + path))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the control plane", e);
    }
  }

  /// The JSON behind a path.
  public JsonElement json(String path) {
    return JsonParser.parseString(
        get(path)
            .orElseThrow(
                () -> new IllegalStateException("no answer to " + path + ": " + process.tail())));
  }

  /// The sum of a metric over all its labels that contain `labels`; 0 where there is none.
  public double metric(String name, String labels) {
    return get("/metrics")
        .orElse("")
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /// kill -9.
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
