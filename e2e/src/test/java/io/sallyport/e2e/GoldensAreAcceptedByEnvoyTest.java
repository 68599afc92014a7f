package io.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.compile.StaticBootstrap;
import io.sallyport.compile.StaticBootstrap.SecretFiles;
import io.sallyport.e2e.harness.EnvoyBinary;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.Pem;
import io.sallyport.identity.SpiffeId;
import io.sallyport.identity.Svid;
import io.sallyport.snapshot.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What the compiler is known to write, a real Envoy takes: each golden scope, as one static file,
/// passes `envoy --mode validate` without a warning of deprecated or unknown fields.
class GoldensAreAcceptedByEnvoyTest {
  private static final Path GOLDENS = Path.of("..", "controlplane/src/test/resources/compile");

  @TempDir static Path work;
  private static Path envoy;
  private static SecretFiles secrets;

  @BeforeAll
  static void findEnvoyAndMakeCertificates() throws IOException {
    envoy = EnvoyBinary.find(System.err::println).path();
    CertificateAuthority authority =
        CertificateAuthority.openOrCreate(
            work.resolve("data"), "cluster.local", InstantSource.system());
    Svid svid =
        authority.issueWorkload(
            new SpiffeId("cluster.local", "mytest", "sleep-a"),
            Optional.empty(),
            Duration.ofHours(1));
    secrets =
        new SecretFiles(
            write("certificate.pem", Pem.of(svid.chain())),
            write("key.pem", Pem.of(svid.key())),
            write("bundle.pem", authority.trustBundlePem()));
  }

  private static String write(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text).toString();
  }

  @TestFactory
  Stream<DynamicTest> everyGoldenScope() throws IOException {
    try (Stream<Path> files = Files.walk(GOLDENS)) {
      List<Path> scopes =
          files
              .filter(file -> file.endsWith("listeners.yaml"))
              .map(Path::getParent)
              .sorted()
              .toList();
      assertThat(scopes).isNotEmpty();
      return scopes.stream()
          .map(scope ->
              DynamicTest.dynamicTest(GOLDENS.relativize(scope).toString(), () -> validate(scope)));
    }
  }

  private static void validate(Path scope) throws IOException, InterruptedException {
    String bootstrap =
        StaticBootstrap.ofYaml(
            Map.of(
                ResourceType.LISTENER, Files.readString(scope.resolve("listeners.yaml")),
                ResourceType.ROUTE, Files.readString(scope.resolve("routes.yaml")),
                ResourceType.CLUSTER, Files.readString(scope.resolve("clusters.yaml")),
                ResourceType.ENDPOINT, Files.readString(scope.resolve("endpoints.yaml"))),
            secrets);
    Path file = Files.writeString(Files.createTempFile(work, "envoy", ".yaml"), bootstrap);
    Process process =
        new ProcessBuilder(
                envoy.toString(),
                "--mode",
                "validate",
                "--config-path",
                file.toString(),
                "--disable-hot-restart",
                "--log-level",
                "warning")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).doesNotContain("eprecated", "nknown field", "work in progress");
  }
}
