package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.snapshot.SecretSource.Lease;
import io.sallyport.snapshot.VersionedResource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random days of proxies that come and go, clocks that jump, lifetimes that change and control
/// planes that are killed. Whatever happens: what is in use is valid, with a good part of its life
/// left; who uses it is told of each change; and a restart changes nothing before its time.
class WorkloadSecretsSimulationTest {
  private static final int STEPS = 400;
  private static final List<Duration> LIFETIMES =
      List.of(Duration.ofSeconds(60), Duration.ofMinutes(10), Duration.ofHours(1));

  @TempDir Path data;
  private final HandClock clock = new HandClock();
  private final List<Use> uses = new ArrayList<>();
  private CertificateAuthority authority;
  private WorkloadSecrets secrets;
  private Duration lifetime = Duration.ofHours(1);
  private Instant settled = Instant.MIN;

  @BeforeEach
  void start() {
    authority = CertificateAuthority.openOrCreate(data, "cluster.local", clock);
    secrets = new WorkloadSecrets(authority, data, lifetime, clock);
  }

  private static final class Use {
    private final String account;
    private Lease lease;
    private String seen = "";
    private int told;

    @SuppressWarnings("NullAway.Init")
    Use(String account) {
      this.account = account;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsInUseIsAlwaysValid(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> open("sa-" + random.nextInt(12));
        case 3, 4 -> close(random);
        case 5 -> restart();
        case 6 -> change(LIFETIMES.get(random.nextInt(LIFETIMES.size())));
        case 7 -> clock.advance(Duration.ofSeconds(random.nextInt(1200) - 600));
        default -> clock.advance(lifetime.multipliedBy(random.nextInt(30)).dividedBy(1000));
      }
      secrets.renewDue();
      check(step);
    }
    assertThat(secrets.storeFailures()).isZero();
  }

  private void open(String account) {
    Use use = new Use(account);
    use.lease = secrets.lease("mytest", account, () -> use.told++);
    use.seen = version(use);
    uses.add(use);
  }

  private void close(Random random) {
    if (!uses.isEmpty()) {
      uses.remove(random.nextInt(uses.size())).lease.close();
    }
  }

  /// Nothing is closed: the process is gone, and all proxies come back at once.
  private void restart() {
    secrets.renewDue();
    uses.forEach(use -> use.seen = version(use));
    Map<String, String> before = new HashMap<>();
    uses.forEach(use -> before.put(use.account, use.seen));
    boolean quiet = clock.instant().isAfter(settled); // a shortened lifetime may replace some
    secrets = new WorkloadSecrets(authority, data, lifetime, clock);
    List<Use> again = List.copyOf(uses);
    uses.clear();
    again.forEach(use -> open(use.account));
    if (quiet) {
      uses.forEach(use -> assertThat(use.seen).isEqualTo(before.get(use.account)));
      assertThat(secrets.issued()).isZero();
    }
  }

  private void change(Duration to) {
    secrets.lifetime(to);
    lifetime = to;
    settled = clock.instant().plus(to.dividedBy(10));
  }

  private void check(int step) {
    Instant now = clock.instant();
    Set<String> used = new HashSet<>();
    for (Use use : uses) {
      used.add("spiffe://cluster.local/ns/mytest/sa/" + use.account);
      String version = version(use);
      assertThat(version.equals(use.seen) || use.told > 0).as("step %s: told", step).isTrue();
      use.seen = version;
      use.told = 0;
    }
    assertThat(secrets.expiries().keySet()).isEqualTo(used);
    for (Instant end : secrets.expiries().values()) {
      Duration left = Duration.between(now, end);
      assertThat(left)
          .as("step %s: left of %s", step, lifetime)
          .isGreaterThan(LIFETIMES.getFirst().multipliedBy(2).dividedBy(5));
    }
  }

  private static String version(Use use) {
    return use.lease.secrets().stream().map(VersionedResource::version).toList().toString();
  }
}
