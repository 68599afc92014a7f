package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalRootsTest {
  @TempDir Path directory;
  private final ExternalRoots roots = new ExternalRoots();
  private final AtomicInteger told = new AtomicInteger();
  private Path file = Path.of("");
  private String one = "";
  private String other = "";

  @BeforeEach
  void makeAuthorities() throws IOException {
    file = directory.resolve("ca.crt");
    one = Pem.of(List.of(root("one")));
    other = Pem.of(List.of(root("other")));
    write(one, 1);
    roots.onChange(told::incrementAndGet);
  }

  private X509Certificate root(String name) {
    return CertificateAuthority.openOrCreate(
            directory.resolve(name), "cluster.local", InstantSource.system())
        .root();
  }

  /// @param age so that two forms never look alike
  private void write(String text, long age) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000 - age)));
  }

  private String trusted() throws IOException {
    VersionedResource secret = roots.secret().orElseThrow();
    return secret
        .body()
        .unpack(Secret.class)
        .getValidationContext()
        .getTrustedCa()
        .getInlineBytes()
        .toStringUtf8();
  }

  @Test
  void nobodyIsTrustedUnlessSomeoneIsNamed() throws IOException {
    assertThat(roots.secret()).isEmpty();
    roots.trust(false, List.of());
    roots.refresh();
    assertThat(trusted()).isEqualTo(Pem.of(NobodysRoot.CERTIFICATE));
    assertThat(told).hasValue(1);
  }

  @Test
  void aFileIsFollowedAndItsUsersAreTold() throws IOException {
    roots.trust(false, List.of(file));
    assertThat(trusted()).isEqualTo(one);
    write(one + other, 2);
    roots.refresh();
    assertThat(trusted()).isEqualTo(one + other);
    roots.refresh();
    assertThat(told).hasValue(2);
  }

  @Test
  void aFileThatIsGoneTakesItsRootsAlong() throws IOException {
    roots.trust(false, List.of(file, directory.resolve("never-there.crt")));
    Files.delete(file);
    roots.refresh();
    assertThat(trusted()).isEqualTo(Pem.of(NobodysRoot.CERTIFICATE));
    write(one, 3);
    roots.refresh();
    assertThat(trusted()).isEqualTo(one);
  }

  @Test
  void aFileThatHoldsSomethingElseKeepsItsRootsAndGivesNothingAway() throws IOException {
    roots.trust(false, List.of(file));
    write("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 4);
    roots.refresh();
    assertThat(trusted()).isEqualTo(one);
  }

  @Test
  void theSystemsRootsAreThereBesideTheFiles() throws IOException {
    roots.trust(true, List.of(file));
    assertThat(trusted()).startsWith(one);
    assertThat(trusted().length()).isGreaterThan(20 * one.length());
  }
}
