package io.sallyport.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// One issued certificate with its key (SPIFFE X.509-SVID), and when it is to be replaced.
public record Svid(SpiffeId id, List<X509Certificate> chain, PrivateKey key) {
  /// How far before its issue a certificate begins to be valid, so that a machine whose clock is
  /// ten minutes slow accepts a new one.
  static final Duration BACK_DATED = Duration.ofMinutes(15);

  /// A certificate is replaced at half its life, give or take this share of the half.
  static final double JITTER = 0.1;

  public Svid {
    chain = List.copyOf(chain);
  }

  static Svid of(SpiffeId id, CertifiedKey pair) {
    return new Svid(id, pair.chain(), pair.key());
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  public Instant issuedAt() {
    return certificate().getNotBefore().toInstant().plus(BACK_DATED);
  }

  public Instant expiresAt() {
    return certificate().getNotAfter().toInstant();
  }

  /// Half its life after its issue, ±10 %. The deviation follows from the certificate's random
  /// serial number: certificates issued together are replaced apart, and a restart changes nothing.
  public Instant renewAt() {
    long half = Duration.between(issuedAt(), expiresAt()).toMillis() / 2;
    double deviation = (2 * spread() - 1) * JITTER;
    return issuedAt().plusMillis(Math.round(half * (1 + deviation)));
  }

  /// A number in [0, 1) that is this certificate's own.
  double spread() {
    return (certificate().getSerialNumber().intValue() & 0xFFFFFF) / (double) 0x1000000;
  }

  /// Whether it is to be replaced at `now`: half its life is over, or it is not valid yet, since
  /// the clock was put back.
  public boolean isDue(Instant now) {
    return !now.isBefore(renewAt()) || now.isBefore(certificate().getNotBefore().toInstant());
  }

  /// Whether it was issued for longer than `lifetime` and has more than that left.
  boolean outlives(Duration lifetime, Instant now) {
    return Duration.between(issuedAt(), expiresAt()).compareTo(lifetime) > 0
        && expiresAt().isAfter(now.plus(lifetime));
  }

  CertifiedKey pair() {
    return new CertifiedKey(chain, key);
  }

  @Override
  public String toString() {
    return "Svid[" + id + ", until " + expiresAt() + ", key not shown]";
  }
}
