package io.sallyport.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.HandClock;
import io.sallyport.mesh.ProxyKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bootstraps below the data directory over time, which the test drives.
class BootstrapRenewerTest {
  @TempDir Path data;
  @TempDir Path elsewhere;
  private final HandClock clock = new HandClock();
  private CertificateAuthority authority;
  private BootstrapRenewer renewer;

  @BeforeEach
  void open() {
    authority = CertificateAuthority.openOrCreate(data, "cluster.local", clock);
    renewer = new BootstrapRenewer(authority, data, clock);
  }

  @Test
  void renewedAroundHalfLifeAgainAndAgain() throws Exception {
    Path directory = bootstrap("sleep-a", Duration.ofHours(24));
    String envoy = Files.readString(directory.resolve("envoy.yaml"));
    String key = Files.readString(directory.resolve("tls.key"));
    List<Integer> hours = new ArrayList<>();
    for (int hour = 1; hour <= 96; hour++) {
      clock.advance(Duration.ofHours(1));
      renewer.renewDue();
      String now = Files.readString(directory.resolve("tls.key"));
      if (!now.equals(key)) {
        hours.add(hour);
        key = now;
      }
    }
    assertThat(hours).hasSizeBetween(7, 8);
    int before = 0;
    for (int hour : hours) {
      assertThat(hour - before).isBetween(11, 14);
      before = hour;
    }
    assertThat(Files.readString(directory.resolve("envoy.yaml"))).isEqualTo(envoy);
    assertThat(renewer.failures()).isZero();
  }

  @Test
  void aRestartGoesOnWhereTheOneBeforeWas() throws Exception {
    Path directory = bootstrap("sleep-a", Duration.ofHours(24));
    clock.advance(Duration.ofHours(10));
    assertThat(renews(directory)).isFalse();
    clock.advance(Duration.ofHours(4));
    renewer = new BootstrapRenewer(authority, data, clock);
    assertThat(renews(directory)).isTrue();
    renewer = new BootstrapRenewer(authority, data, clock);
    assertThat(renews(directory)).isFalse();
  }

  @Test
  void aClockThatWasFarAheadIsHealed() throws Exception {
    clock.advance(Duration.ofDays(300));
    Path directory = bootstrap("sleep-a", Duration.ofHours(24));
    clock.advance(Duration.ofDays(-300));
    assertThat(renews(directory)).isTrue();
  }

  @Test
  void oneThatTheUserDeletedIsForgotten() throws Exception {
    Path directory = bootstrap("sleep-a", Duration.ofHours(24));
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    clock.advance(Duration.ofHours(14));
    renewer.renewDue();
    assertThat(directory).doesNotExist();
    assertThat(data.resolve("bootstraps.d")).isEmptyDirectory();
    assertThat(renewer.failures()).isZero();
  }

  @Test
  void aLinkOutOfTheDataDirectoryIsNotFollowed() throws Exception {
    Path directory = bootstrap("sleep-a", Duration.ofHours(24));
    Path moved = elsewhere.resolve("moved");
    Files.move(directory, moved);
    Files.createSymbolicLink(directory, moved);
    clock.advance(Duration.ofHours(14));
    assertThat(renews(moved)).isFalse();
    assertThat(renewer.failures()).isEqualTo(1);

    Path other = bootstrap("nginx", Duration.ofHours(24));
    clock.advance(Duration.ofHours(14));
    assertThat(renews(other)).as("others go on").isTrue();
  }

  @Test
  void aLinkInTheMiddleIsNotFollowedEither() throws Exception {
    Path directory = bootstrap("deep/er/sleep-a", Duration.ofHours(24));
    Path moved = elsewhere.resolve("moved");
    Files.move(data.resolve("proxies/deep"), moved);
    Files.createSymbolicLink(data.resolve("proxies/deep"), moved);
    clock.advance(Duration.ofHours(14));
    assertThat(renews(directory)).isFalse();
    assertThat(renewer.failures()).isEqualTo(1);
  }

  @Test
  void aRecordThatCannotBeReadStopsNoOther() throws Exception {
    Path directory = bootstrap("sleep-a", Duration.ofHours(24));
    Path records = data.resolve("bootstraps.d");
    for (String text : List.of("", "{", "[]", "null", "{}", "{\"directory\": \"..\"}")) {
      Files.writeString(records.resolve("0000" + text.hashCode() + ".json"), text);
    }
    Files.writeString(
        records.resolve("escape.json"),
        """
        {"directory": "../../etc", "id": "spiffe://cluster.local/ns/a/sa/b", "workload": "b",
         "ttlSeconds": 60, "renewAt": "2020-01-01T00:00:00Z"}
        """);
    clock.advance(Duration.ofHours(14));
    assertThat(renews(directory)).isTrue();
  }

  @Test
  void whatFailsIsTriedAgainAfterAPause() throws Exception {
    Path directory = bootstrap("sleep-a", Duration.ofHours(24));
    Path aside = data.resolve("aside");
    Files.move(directory, aside);
    Files.writeString(directory, "a file where the directory was");
    clock.advance(Duration.ofHours(14));
    renewer.renewDue();
    clock.advance(Duration.ofSeconds(10));
    renewer.renewDue();
    assertThat(renewer.failures()).isEqualTo(1);
    Files.delete(directory);
    Files.move(aside, directory);
    clock.advance(Duration.ofMinutes(1));
    assertThat(renews(directory)).isTrue();
  }

  private boolean renews(Path directory) throws Exception {
    String before = Files.readString(directory.resolve("tls.key"));
    renewer.renewDue();
    return !Files.readString(directory.resolve("tls.key")).equals(before);
  }

  private Path bootstrap(String name, Duration ttl) {
    Path out = data.resolve("proxies").resolve(name);
    new ProxyBootstrap(authority, data)
        .write(
            new BootstrapRequest(
                ProxyKind.SIDECAR,
                "mytest",
                out.getFileName().toString(),
                Optional.of("sa"),
                HostPort.parse("", "127.0.0.1:15012"),
                out,
                Optional.empty(),
                BootstrapRequest.Listen.DEFAULT,
                BootstrapRequest.DEFAULT_ADMIN,
                ttl));
    return out;
  }
}
