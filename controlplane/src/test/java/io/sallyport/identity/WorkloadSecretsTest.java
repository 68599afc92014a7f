package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.SecretSource.Lease;
import io.sallyport.snapshot.VersionedResource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Workload certificates over time, which the test drives.
class WorkloadSecretsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path data;
  private final HandClock clock = new HandClock();
  private final AtomicInteger changes = new AtomicInteger();
  private CertificateAuthority authority;
  private WorkloadSecrets secrets;

  @BeforeEach
  void open() {
    authority = CertificateAuthority.openOrCreate(data, "cluster.local", clock);
    secrets = restarted();
  }

  @Test
  void anIdentityGetsItsCertificateAndTheTrustBundle() throws Exception {
    Lease lease = lease("mytest", "sleep-a");

    assertThat(lease.secrets())
        .extracting(VersionedResource::type, VersionedResource::name)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(ResourceType.SECRET, "default"),
            org.assertj.core.groups.Tuple.tuple(ResourceType.SECRET, "ROOTCA"));
    CertifiedKey pair = pair(lease);
    assertThat(pair.belongTogether()).isTrue();
    assertThat(SubjectNames.uris(pair.certificate()))
        .containsExactly("spiffe://cluster.local/ns/mytest/sa/sleep-a");
    assertThat(
            new ProxyTrust(authority, clock)
                .identify(pair.chain().toArray(X509Certificate[]::new))
                .id()
                .serviceAccount())
        .isEqualTo("sleep-a");
    assertThat(
            secret(lease, 1).getValidationContext().getTrustedCa().getInlineBytes().toStringUtf8())
        .isEqualTo(Files.readString(data.resolve("ca/root.crt")));
  }

  @Test
  void twoUsersOfAnIdentityShareItsCertificate() {
    Lease one = lease("mytest", "sleep-a");
    Lease two = lease("mytest", "sleep-a");
    Lease other = lease("default", "sleep-a");
    assertThat(two.secrets()).isSameAs(one.secrets());
    assertThat(other.secrets().get(0).version()).isNotEqualTo(one.secrets().get(0).version());
    assertThat(other.secrets().get(1)).isEqualTo(one.secrets().get(1));
    assertThat(secrets.issued()).isEqualTo(2);
    assertThat(secrets.expiries())
        .containsOnlyKeys(
            "spiffe://cluster.local/ns/default/sa/sleep-a",
            "spiffe://cluster.local/ns/mytest/sa/sleep-a")
        .containsValue(clock.instant().plus(HOUR));
  }

  @Test
  void replacedAroundHalfLifeAndNeverExpiredInUse() throws Exception {
    for (Duration lifetime : List.of(Duration.ofSeconds(60), HOUR, Duration.ofHours(24))) {
      secrets.lifetime(lifetime);
      Lease lease = lease("mytest", "sa-" + lifetime.toSeconds());
      Instant issued = clock.instant();
      String version = lease.secrets().getFirst().version();
      for (int renewals = 0; renewals < 20; ) {
        clock.advance(lifetime.dividedBy(120));
        secrets.renewDue();
        Instant end = pair(lease).certificate().getNotAfter().toInstant();
        assertThat(end).isAfter(clock.instant().plus(lifetime.multipliedBy(2).dividedBy(5)));
        String now = lease.secrets().getFirst().version();
        if (!now.equals(version)) {
          double share =
              Duration.between(issued, clock.instant()).toMillis() / (double) lifetime.toMillis();
          assertThat(share).isBetween(0.45 - 0.01, 0.55 + 0.02);
          issued = clock.instant();
          version = now;
          renewals++;
        }
      }
      lease.close();
    }
  }

  @Test
  void whatWasIssuedTogetherIsReplacedApart() {
    int identities = 400;
    for (int i = 0; i < identities; i++) {
      lease("mytest", "sa-" + i);
    }
    List<Integer> perMinute = new ArrayList<>();
    int seen = 0;
    for (int minute = 1; minute <= 34; minute++) {
      clock.advance(Duration.ofMinutes(1));
      secrets.renewDue();
      perMinute.add(changes.get() - seen);
      seen = changes.get();
    }
    assertThat(seen).isEqualTo(identities);
    assertThat(perMinute.subList(0, 26)).containsOnly(0);
    assertThat(perMinute).allSatisfy(n -> assertThat(n).isLessThan(identities / 3));
  }

  @Test
  void aRestartIssuesNothingAnew() {
    Map<String, List<String>> before = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      before.put("sa-" + i, versions(lease("mytest", "sa-" + i)));
    }
    clock.advance(Duration.ofMinutes(26)); // before the earliest half life
    secrets = restarted(); // nothing was closed, as after a kill
    before.forEach(
        (account, versions) -> assertThat(versions(lease("mytest", account))).isEqualTo(versions));
    assertThat(secrets.issued()).isZero();

    clock.advance(Duration.ofMinutes(8)); // after the latest
    secrets = restarted();
    lease("mytest", "sa-0");
    assertThat(secrets.issued()).isEqualTo(1);
  }

  @Test
  void aClockPutBackALittleReissuesNothing() {
    List<String> versions = versions(lease("mytest", "sleep-a"));
    clock.advance(Duration.ofMinutes(-10));
    secrets.renewDue();
    secrets = restarted();
    assertThat(versions(lease("mytest", "sleep-a"))).isEqualTo(versions);
  }

  @Test
  void aClockThatWasFarAheadIsHealed() throws Exception {
    clock.advance(Duration.ofHours(20));
    Lease lease = lease("mytest", "sleep-a");
    clock.advance(Duration.ofHours(-20));
    secrets.renewDue();
    assertThat(pair(lease).certificate().getNotBefore().toInstant()).isBefore(clock.instant());
    assertThat(changes).hasValue(1);
  }

  @Test
  void withoutUsersItIsForgottenAtHalfLifeAndItsKeyIsDeleted() {
    Lease one = lease("mytest", "sleep-a");
    Lease two = lease("mytest", "sleep-a");
    List<String> versions = versions(one);
    Path file = data.resolve("svids/mytest/sleep-a.pem");
    one.close();
    one.close();
    two.close();
    assertThat(secrets.expiries()).isEmpty();
    assertThat(versions(lease("mytest", "sleep-a"))).as("a quick reconnect").isEqualTo(versions);
    secrets.lease("mytest", "other", changes::incrementAndGet).close();

    clock.advance(Duration.ofMinutes(34));
    secrets.renewDue();
    assertThat(changes).as("only the one in use").hasValue(1);
    assertThat(secrets.issued()).isEqualTo(3);
    assertThat(file).exists();
    assertThat(data.resolve("svids/mytest/other.pem")).doesNotExist();
  }

  @Test
  void aShorterLifetimeReplacesWhatWouldOutliveItSpreadOut() {
    for (int i = 0; i < 200; i++) {
      lease("mytest", "sa-" + i);
    }
    secrets.lifetime(Duration.ofMinutes(10));
    secrets.renewDue();
    assertThat(changes.get()).isLessThan(30);
    clock.advance(Duration.ofSeconds(30));
    secrets.renewDue();
    assertThat(changes.get()).isBetween(50, 150);
    clock.advance(Duration.ofSeconds(30));
    secrets.renewDue();
    assertThat(changes).hasValue(200);
    assertThat(secrets.expiries().values())
        .allSatisfy(end -> assertThat(end).isBeforeOrEqualTo(clock.instant().plusSeconds(600)));

    secrets.lifetime(HOUR); // a longer one waits for the next half life
    secrets.renewDue();
    assertThat(changes).hasValue(200);
  }

  @Test
  void aShorterLifetimeHoldsAfterARestartToo() {
    lease("mytest", "sleep-a");
    secrets = new WorkloadSecrets(authority, data, Duration.ofSeconds(60), clock);
    lease("mytest", "sleep-a");
    assertThat(secrets.issued()).isEqualTo(1);
    assertThat(secrets.expiries().values()).containsExactly(clock.instant().plusSeconds(60));
  }

  @Test
  void keysOnDiskAreTheOwnersAlone() throws Exception {
    lease("mytest", "sleep-a");
    Path file = data.resolve("svids/mytest/sleep-a.pem");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(data.resolve("svids/mytest"))).isEqualTo("rwx------");
    assertThat(mode(data.resolve("svids"))).isEqualTo("rwx------");
  }

  @Test
  void aDamagedOrExposedFileIsNotUsed() throws Exception {
    Path file = data.resolve("svids/mytest/sleep-a.pem");
    List<String> last = versions(lease("mytest", "sleep-a"));
    byte[] good = Files.readAllBytes(file);
    lease("mytest", "nginx");
    byte[] ofAnother = Files.readAllBytes(data.resolve("svids/mytest/nginx.pem"));
    String text = new String(good, StandardCharsets.US_ASCII);
    List<byte[]> damages =
        List.of(
            new byte[0],
            java.util.Arrays.copyOf(good, good.length / 2),
            java.util.Arrays.copyOf(good, good.length - 60),
            new byte[] {0, -1, 17},
            ofAnother,
            (text.substring(0, text.indexOf("-----BEGIN PRIVATE"))
                    + new String(ofAnother, StandardCharsets.US_ASCII)
                        .replaceAll("(?s).*-----BEGIN PRIVATE", "-----BEGIN PRIVATE"))
                .getBytes(StandardCharsets.US_ASCII));
    for (byte[] damage : damages) {
      Files.write(file, damage);
      secrets = restarted();
      List<String> versions = versions(lease("mytest", "sleep-a"));
      assertThat(versions).isNotEqualTo(last);
      assertThat(secrets.storeFailures()).isEqualTo(1);
      last = versions;
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    secrets = restarted();
    assertThat(versions(lease("mytest", "sleep-a"))).isNotEqualTo(last);
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void aDiskThatTakesNothingIsServedAroundFromMemory() throws Exception {
    Files.writeString(data.resolve("svids"), "a file where the directory should be");
    Lease lease = lease("mytest", "sleep-a");
    List<String> versions = versions(lease);
    assertThat(secrets.storeFailures()).isPositive();
    lease.close();
    assertThat(versions(lease("mytest", "sleep-a"))).isEqualTo(versions);
    clock.advance(Duration.ofMinutes(34));
    secrets.renewDue();
    assertThat(changes).hasValue(1);
  }

  @Test
  void expiredAndUnfinishedFilesAreSweptAtStart() throws Exception {
    lease("mytest", "sleep-a");
    Path unfinished = data.resolve("svids/mytest/.sleep-a.pem.0123");
    Files.writeString(unfinished, "half a k");
    clock.advance(Duration.ofHours(2));
    restarted();
    assertThat(unfinished).doesNotExist();
    assertThat(data.resolve("svids/mytest/sleep-a.pem")).doesNotExist();
  }

  @Test
  void aListenerThatFailsStopsNoOther() {
    secrets.lease(
        "mytest",
        "sleep-a",
        () -> {
          throw new IllegalStateException("on purpose");
        });
    lease("mytest", "sleep-a");
    clock.advance(Duration.ofMinutes(34));
    secrets.renewDue();
    assertThat(changes).hasValue(1);
  }

  @Test
  void noSecretsForTheControlPlaneOrANameThatIsNone() {
    assertThatThrownBy(() -> lease("sallyport-system", "sallyport"))
        .isInstanceOf(IdentityException.class);
    for (String account : List.of("", "..", "../x", "a/b", "A", "a b", "a\n")) {
      assertThatThrownBy(() -> lease("mytest", account)).isInstanceOf(IdentityException.class);
    }
    assertThatThrownBy(() -> lease("my.test", "a")).isInstanceOf(IdentityException.class);
  }

  private Lease lease(String namespace, String serviceAccount) {
    return secrets.lease(namespace, serviceAccount, changes::incrementAndGet);
  }

  private WorkloadSecrets restarted() {
    return new WorkloadSecrets(authority, data, HOUR, clock);
  }

  private static List<String> versions(Lease lease) {
    return lease.secrets().stream().map(VersionedResource::version).toList();
  }

  private static CertifiedKey pair(Lease lease) throws Exception {
    var certificate = secret(lease, 0).getTlsCertificate();
    return Pem.parse(
        certificate
            .getCertificateChain()
            .getInlineBytes()
            .concat(certificate.getPrivateKey().getInlineBytes())
            .toByteArray());
  }

  private static Secret secret(Lease lease, int index) throws Exception {
    return lease.secrets().get(index).body().unpack(Secret.class);
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
