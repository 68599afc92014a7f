package io.sallyport.bootstrap;

import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Svid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the bootstraps below the data directory fresh: a client certificate is replaced at half
/// its life, for whom it was first issued. A driver calls [#renewDue] every so often, from one
/// thread.
public final class BootstrapRenewer {
  private static final Logger log = LoggerFactory.getLogger(BootstrapRenewer.class);

  /// How often the disk is asked at most.
  private static final Duration SCAN = Duration.ofSeconds(5);

  /// How long what failed is left alone.
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final CertificateAuthority authority;
  private final IssuedBootstraps issued;
  private final Path data;
  private final InstantSource clock;
  private final Map<Path, Instant> paused = new HashMap<>();
  private final AtomicLong failures = new AtomicLong();
  private Instant nextScan = Instant.MIN;

  public BootstrapRenewer(CertificateAuthority authority, Path data, InstantSource clock) {
    this.authority = authority;
    this.issued = new IssuedBootstraps(data);
    this.data = data;
    this.clock = clock;
  }

  /// Replaces the certificates that are due.
  public void renewDue() {
    Instant now = clock.instant();
    if (now.isBefore(nextScan) && now.isAfter(nextScan.minus(SCAN.multipliedBy(2)))) {
      return;
    }
    nextScan = now.plus(SCAN);
    for (IssuedBootstraps.Issued bootstrap : issued.all()) {
      if (!isDue(bootstrap, now)
          || now.isBefore(paused.getOrDefault(bootstrap.file(), Instant.MIN))) {
        continue;
      }
      paused.remove(bootstrap.file());
      try {
        renew(bootstrap);
      } catch (IOException | RuntimeException e) {
        failures.incrementAndGet();
        paused.put(bootstrap.file(), now.plus(PAUSE));
        log.warn("the bootstrap in {} is not renewed: {}", bootstrap.directory(), e.toString());
      }
    }
  }

  /// How often a certificate could not be replaced.
  public long failures() {
    return failures.get();
  }

  /// Half its life is over, or it begins in the future, since the clock was put back.
  private static boolean isDue(IssuedBootstraps.Issued bootstrap, Instant now) {
    return !now.isBefore(bootstrap.renewAt())
        || bootstrap.renewAt().isAfter(now.plus(bootstrap.ttl()));
  }

  private void renew(IssuedBootstraps.Issued bootstrap) throws IOException {
    Path real = data.toRealPath();
    Path directory = real.resolve(bootstrap.directory()).normalize();
    if (!Files.exists(directory)) {
      issued.delete(bootstrap); // the user removed it
      return;
    }
    if (!directory.startsWith(real)
        || directory.equals(real)
        || !directory.toRealPath().equals(directory)
        || !Files.getOwner(directory).equals(Files.getOwner(real))) {
      throw new IdentityException(
          "expected a directory below " + real + ", without links and of the same owner");
    }
    Svid svid =
        authority.issueWorkload(bootstrap.id(), Optional.of(bootstrap.workload()), bootstrap.ttl());
    new CredentialDirectory(directory).replace(svid, authority.trustBundlePem());
    issued.write(bootstrap.renewed(svid));
  }
}
