package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The authority's files: who may read them, and what happens to them.
class AuthorityFilesTest {
  @TempDir Path work;
  private final HandClock clock = new HandClock();

  @Test
  void keysAreTheOwnersAlone() throws Exception {
    Path data = work.resolve("new/data");
    open(data);
    assertThat(mode(data)).isEqualTo("rwx------");
    assertThat(mode(data.resolve("ca"))).isEqualTo("rwx------");
    assertThat(mode(data.resolve("ca/root.pem"))).isEqualTo("rw-------");
    assertThat(mode(data.resolve("ca/issuing.pem"))).isEqualTo("rw-------");
    assertThat(Files.readString(data.resolve("ca/root.crt"))).doesNotContain("PRIVATE");
    assertThat(names(data)).containsExactlyInAnyOrder(".lock", "ca");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx"})
  void keysThatOthersHaveRightsToAreRefused(String mode) throws Exception {
    for (String name : List.of("root.pem", "issuing.pem")) {
      Path data = work.resolve(name);
      open(data);
      Path file = data.resolve("ca").resolve(name);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(() -> open(data))
          .isInstanceOf(IdentityException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining(mode)
          .hasMessageContaining("chmod 600");
    }
  }

  @Test
  void aDirectoryThatEveryoneMayWriteInIsRefused() throws Exception {
    for (String name : List.of("", "ca")) {
      Path data = work.resolve("data" + name);
      open(data);
      Path directory = data.resolve(name);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertThatThrownBy(() -> open(data))
          .isInstanceOf(IdentityException.class)
          .hasMessageContaining("chmod 700 " + directory);
    }
  }

  @Test
  void aDirectoryThatIsThereAndOpenToReadersIsUsed() throws Exception {
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    open(work);
    assertThat(mode(work.resolve("ca"))).isEqualTo("rwx------");
  }

  @Test
  void anotherTrustDomainIsAnErrorAndNoNewAuthority() throws Exception {
    CertificateAuthority before = open(work);
    assertThatThrownBy(() -> CertificateAuthority.openOrCreate(work, "other.example", clock))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("'cluster.local'")
        .hasMessageContaining("'other.example'");
    assertThat(open(work).root()).isEqualTo(before.root());
    assertThat(CertificateAuthority.open(work, clock).orElseThrow().trustDomain())
        .isEqualTo("cluster.local");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "UPPER", "a_b", "a..b", "-a", "a/b", "127.0.0.1", "a\nb", "*"})
  void whatIsNoTrustDomainIsRefusedBeforeAnythingIsWritten(String trustDomain) throws Exception {
    assertThatThrownBy(() -> CertificateAuthority.openOrCreate(work, trustDomain, clock))
        .isInstanceOf(IdentityException.class);
    assertThat(names(work)).isEmpty();
  }

  @Test
  void whereThereIsNoneOpenFindsNone() throws Exception {
    assertThat(CertificateAuthority.open(work, clock)).isEmpty();
    assertThat(CertificateAuthority.open(work.resolve("missing"), clock)).isEmpty();
    assertThat(names(work)).isEmpty();
  }

  @Test
  void damageIsAClearErrorAndNeverANewAuthority() throws Exception {
    Path other = work.resolve("other");
    open(other);
    for (String name : List.of("root.pem", "issuing.pem")) {
      Path data = work.resolve(name);
      open(data);
      Path file = data.resolve("ca").resolve(name);
      byte[] good = Files.readAllBytes(file);
      byte[] root = Files.readAllBytes(data.resolve("ca/root.pem"));
      byte[] foreign = Files.readAllBytes(other.resolve("ca").resolve(name));
      for (byte[] damage :
          List.of(
              new byte[0],
              Arrays.copyOf(good, good.length / 3),
              Arrays.copyOf(good, good.length - 40),
              "hello".getBytes(StandardCharsets.US_ASCII),
              mixed(good, foreign))) {
        Files.write(file, damage);
        refusedAsDamaged(data, name);
      }
      Files.write(file, foreign);
      refusedAsDamaged(data, "don't belong together");
      Files.delete(file);
      refusedAsDamaged(data, "missing");
      Files.write(file, good);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      open(data);
      assertThat(Files.readAllBytes(data.resolve("ca/root.pem"))).isEqualTo(root);
    }
  }

  @Test
  void aFileInThePlaceOfTheDirectoryIsAnError() throws Exception {
    Files.writeString(work.resolve("ca"), "");
    assertThatThrownBy(() -> open(work)).isInstanceOf(IdentityException.class);
    Files.writeString(work.resolve("file"), "");
    assertThatThrownBy(() -> open(work.resolve("file/data")))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("can't write in " + work.resolve("file/data"));
  }

  @Test
  void aRootThatIsNotValidNowIsAnError() {
    open(work);
    clock.advance(Duration.ofDays(3651));
    assertThatThrownBy(() -> open(work))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("is valid from");
    clock.advance(Duration.ofDays(-3653));
    assertThatThrownBy(() -> open(work)).hasMessageContaining("is valid from");
  }

  @Test
  void whatAKilledProcessLeftIsClearedAway() throws Exception {
    Path unfinished = Files.createDirectory(work.resolve(".ca.0123456789abcdef"));
    Files.writeString(unfinished.resolve("root.pem"), "-----BEGIN CERT");
    open(work);
    assertThat(names(work)).containsExactlyInAnyOrder(".lock", "ca");
  }

  @Test
  void manyThreadsAtOnceGetOneAuthority() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<CertificateAuthority>> tasks = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        tasks.add(() -> open(work));
      }
      Set<Object> roots = new HashSet<>();
      for (Future<CertificateAuthority> opened : threads.invokeAll(tasks)) {
        roots.add(opened.get().root());
      }
      assertThat(roots).hasSize(1);
    }
  }

  @Test
  void twoProcessesAtOnceGetOneAuthority() throws Exception {
    Process one = opener("same", 40);
    Process two = opener("same", 40);
    BufferedReader first = reader(one);
    BufferedReader second = reader(two);
    assertThat(first.readLine()).isEqualTo("ready");
    assertThat(second.readLine()).isEqualTo("ready");
    Files.writeString(work.resolve("go"), ""); // both wait for this file
    List<String> opened = first.lines().toList();
    assertThat(opened).hasSize(40).doesNotHaveDuplicates();
    assertThat(second.lines()).isEqualTo(opened);
  }

  @Test
  void aKillAtAnyMomentLeavesAllOrNothing() throws Exception {
    Files.writeString(work.resolve("go"), "");
    Process process = opener("killed", 100_000);
    BufferedReader reader = reader(process);
    for (int i = 0; i < 30; i++) {
      assertThat(reader.readLine()).isNotNull();
    }
    process.destroyForcibly().waitFor();
    try (Stream<Path> directories = Files.list(work)) {
      for (Path data :
          directories.filter(path -> path.getFileName().toString().contains("-")).toList()) {
        CertificateAuthority.openOrCreate(data, "cluster.local", java.time.InstantSource.system());
        assertThat(names(data)).containsExactlyInAnyOrder(".lock", "ca");
      }
    }
  }

  /// A process that opens the authorities `NAME-0`, `NAME-1` and so on, and prints their serials.
  private Process opener(String name, int count) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Opener.class.getName(),
            work.toString(),
            name,
            String.valueOf(count))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /// See [#opener].
  static final class Opener {
    public static void main(String[] arguments) throws Exception {
      Path work = Path.of(arguments[0]);
      System.out.println("ready");
      while (!Files.exists(work.resolve("go"))) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        System.out.println(
            CertificateAuthority.openOrCreate(
                    work.resolve(arguments[1] + "-" + i),
                    "cluster.local",
                    java.time.InstantSource.system())
                .root()
                .getSerialNumber()
                .toString(16));
      }
    }
  }

  private CertificateAuthority open(Path data) {
    return CertificateAuthority.openOrCreate(data, "cluster.local", clock);
  }

  private void refusedAsDamaged(Path data, String why) {
    assertThatThrownBy(() -> open(data))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("damaged")
        .hasMessageContaining(why);
    assertThatThrownBy(() -> CertificateAuthority.open(data, clock))
        .isInstanceOf(IdentityException.class);
  }

  /// The certificate of one with the key of the other.
  private static byte[] mixed(byte[] certificate, byte[] key) {
    String one = new String(certificate, StandardCharsets.US_ASCII);
    String two = new String(key, StandardCharsets.US_ASCII);
    String begin = "-----BEGIN PRIVATE";
    return (one.substring(0, one.indexOf(begin)) + two.substring(two.indexOf(begin)))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static List<String> names(Path directory) throws Exception {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
