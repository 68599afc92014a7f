package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;

/// A policy that is edited, broken, half written, and swapped as Kubernetes swaps a ConfigMap.
class PolicyChangesTest extends BackendScenario {
  @Test
  void anEditMovesThePermission() {
    onlyHttpPolicy();
    String edited =
        mesh.documents()
            .policy("http.yaml")
            .replace("namespace: mytest", "namespace: default")
            .replace("app: sleep-a", "app: nginx");
    mesh.documents().write("http.yaml", edited);
    awaitStatus(mesh.nginxApplication(), "httpbin.org", 200);
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 502);
    onlyHttpPolicy();
    awaitStatus(mesh.nginxApplication(), "httpbin.org", 502);
  }

  @Test
  void anInvalidEditKeepsTheLastValidFormAndStatusSaysSo() {
    onlyHttpPolicy();
    mesh.documents()
        .write("http.yaml", mesh.documents().policy("http.yaml").replace("hosts:", "hostss:"));
    Await.until(
        "status shows the mistake",
        LIMIT,
        () -> mesh.status().contains("hostss"),
        () -> mesh.status());
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", "/get").status()).isEqualTo(200);
    onlyHttpPolicy();
    Await.until("status forgets the mistake", LIMIT, () -> !mesh.status().contains("hostss"));
  }

  @Test
  void aPolicyThatWasNeverValidGrantsNothing() {
    noPolicy();
    mesh.documents()
        .write("never.yaml", mesh.documents().policy("http.yaml").replace("hosts:", "hostss:"));
    Await.until("status shows the mistake", LIMIT, () -> mesh.status().contains("never.yaml"));
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", "/get").status()).isEqualTo(502);
    mesh.documents().delete("never.yaml");
  }

  @Test
  void aFileThatIsWrittenInPiecesNeverRevokes() throws IOException {
    onlyHttpPolicy();
    String text = mesh.documents().policy("http.yaml");
    Path file = mesh.documents().directory().resolve("http.yaml");
    for (int length = 1; length < text.length(); length += 7) {
      Files.writeString(file, text.substring(0, length));
      assertThat(get(mesh.sleepAApplication(), "httpbin.org", "/get").status())
          .as("after %d characters", length)
          .isEqualTo(200);
    }
    Files.writeString(file, text);
    assertThat(get(mesh.sleepAApplication(), "httpbin.org", "/get").status()).isEqualTo(200);
  }

  @Test
  void aConfigMapSwapIsInForceAsAWhole() throws IOException {
    noPolicy();
    Path mount = Files.createDirectory(mesh.documents().directory().resolve("mount"));
    String allowed = mesh.documents().policy("http.yaml");
    String other = allowed.replace("namespace: mytest", "namespace: elsewhere");
    generation(mount, "..1", allowed);
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(mount.resolve("policy.yaml"), Path.of("..data", "policy.yaml"));
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 200);

    generation(mount, "..2", other);
    swap(mount, "..2");
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 502);

    generation(mount, "..3", allowed);
    swap(mount, "..3");
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 200);

    Files.createDirectory(mount.resolve("..4"));
    swap(mount, "..4");
    awaitStatus(mesh.sleepAApplication(), "httpbin.org", 502);
  }

  private static void generation(Path mount, String name, String policy) throws IOException {
    Files.writeString(Files.createDirectory(mount.resolve(name)).resolve("policy.yaml"), policy);
  }

  private static void swap(Path mount, String to) throws IOException {
    Path link = mount.resolve("..data_tmp");
    Files.createSymbolicLink(link, Path.of(to));
    Files.move(
        link,
        mount.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
