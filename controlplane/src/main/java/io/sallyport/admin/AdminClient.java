package io.sallyport.admin;

import com.google.gson.JsonParseException;
import io.sallyport.status.MeshReport;
import io.sallyport.status.ProxyReport;
import io.sallyport.status.StatusJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// Asks a running control plane's [AdminServer].
public final class AdminClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final URI address;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /// @param hostAndPort `HOST:PORT`, an IPv6 address in brackets
  public AdminClient(String hostAndPort) {
    this.address = URI.create("http://" + hostAndPort);
  }

  /// Who is connected.
  ///
  /// @throws IOException where there is no answer, or none that this version understands
  public ProxyReport proxies() throws IOException, InterruptedException {
    return get("/v1/proxies", ProxyReport.class);
  }

  /// What is in force.
  ///
  /// @throws IOException where there is no answer, or none that this version understands
  public MeshReport mesh() throws IOException, InterruptedException {
    return get("/v1/status", MeshReport.class);
  }

  private <T extends Record> T get(String path, Class<T> report)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE).GET().build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          address + " answers " + response.statusCode() + ": " + response.body().strip());
    }
    try {
      return StatusJson.read(response.body(), report);
    } catch (JsonParseException e) {
      throw new IOException(address + " answers what is no " + report.getSimpleName(), e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
