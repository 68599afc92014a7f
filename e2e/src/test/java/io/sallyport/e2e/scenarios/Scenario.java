package io.sallyport.e2e.scenarios;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Mesh;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.e2e.harness.Proxy;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.TestInstance;

/// Scenarios that share one running mesh: real Envoys, a real control plane, a pretend internet.
/// Each test brings the policies it needs into force first.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Scenario<M extends Mesh> {
  static final Duration LIMIT = Duration.ofSeconds(20);

  /// How long certificates are valid.
  static final Duration VALID = Duration.ofHours(1);

  private static final AtomicInteger TOKENS = new AtomicInteger();

  @SuppressWarnings("NullAway.Init")
  M mesh;

  final void stopMesh() {
    if (mesh != null) {
      mesh.close();
    }
  }

  static void progress(String line) {
    System.out.println("  " + line);
  }

  /// Further lines of `MeshConfig.spec`.
  String meshConfig() {
    return "";
  }

  int httpsPort() {
    return mesh.layout().https();
  }

  /// A GET over TLS that the application itself starts.
  Answer getTls(Application application, String host, String path) {
    return application.https(applicationTls().getSocketFactory(), host, httpsPort(), path);
  }

  /// What applications trust: the outside hosts' own authority, and nobody of the mesh.
  SSLContext applicationTls() {
    return PretendAuthority.clientContext(mesh.internet().authority().certificate());
  }

  /// Repeats `GET https://host/get`, TLS by the application, until it is answered (or is not).
  void awaitTls(Application application, String host, boolean answered) {
    Await.until(
        "GET https://" + host + "/get is " + (answered ? "answered" : "refused"),
        LIMIT,
        () -> (getTls(application, host, "/get").status() == 200) == answered,
        () -> getTls(application, host, "/get") + "\n" + mesh.controlPlaneTail());
  }

  int httpPort() {
    return mesh.layout().http();
  }

  /// A path that no other request has, to find it in a log again.
  static String unique(String path) {
    return path + "?request=" + TOKENS.incrementAndGet();
  }

  Answer get(Application application, String host, String path) {
    return application.get(host, httpPort(), path);
  }

  /// Repeats `GET host/get` until the status is there: a change of policy was made just before.
  void awaitStatus(Application application, String host, int status) {
    Await.until(
        "GET http://" + host + "/get answers " + status,
        LIMIT,
        () -> get(application, host, "/get").status() == status,
        () -> get(application, host, "/get") + "\n" + mesh.controlPlaneTail());
  }

  /// Whether the other side ends a tunnel that lost its permission, in some drain times at most.
  static boolean endsWithTheDrainTime(Socket socket) throws SocketException {
    socket.setSoTimeout((int) Proxy.DRAIN_TIME.multipliedBy(5).toMillis());
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  /// Puts `http.yaml` in force, with no other policy.
  void onlyHttpPolicy() {
    mesh.documents().apply("http.yaml");
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 200);
  }

  /// Takes `http.yaml` back.
  void noPolicy() {
    mesh.documents().delete("http.yaml");
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 502);
  }

  static String text(JsonObject entry, String field) {
    JsonElement value = entry.get(field);
    return value == null || value.isJsonNull() ? "" : value.getAsString();
  }
}
