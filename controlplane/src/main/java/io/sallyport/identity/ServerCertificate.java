package io.sallyport.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The xDS server's own certificate, in memory only, as TLS asks for it: each new connection gets
/// the newest. A driver calls [#renewDue] every so often. Thread-safe.
public final class ServerCertificate extends X509ExtendedKeyManager {
  private static final Duration LIFETIME = Duration.ofHours(24);

  private final CertificateAuthority authority;
  private final List<String> hosts;
  private final InstantSource clock;
  private volatile Generations generations;

  /// A handshake asks three times, for an alias, the chain and the key; the generation before is
  /// kept, so that its answers fit together across a renewal.
  private record Generations(Svid newest, Svid before) {}

  /// @param hosts DNS names and IP addresses under which proxies reach the server
  public ServerCertificate(
      CertificateAuthority authority, Collection<String> hosts, InstantSource clock) {
    this.authority = authority;
    this.hosts = List.copyOf(hosts);
    this.clock = clock;
    Svid first = authority.issueServer(this.hosts, LIFETIME);
    this.generations = new Generations(first, first);
  }

  /// Replaces the certificate when half its life is over.
  public synchronized void renewDue() {
    Svid newest = generations.newest();
    if (newest.isDue(clock.instant())) {
      generations = new Generations(authority.issueServer(hosts, LIFETIME), newest);
    }
  }

  public SpiffeId id() {
    return generations.newest().id();
  }

  public Instant expiresAt() {
    return generations.newest().expiresAt();
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return keyType.startsWith("EC") ? alias(generations.newest()) : null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return find(alias).map(svid -> svid.chain().toArray(X509Certificate[]::new)).orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return find(alias).map(Svid::key).orElse(null);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return keyType.startsWith("EC") ? new String[] {alias(generations.newest())} : null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  private Optional<Svid> find(String alias) {
    Generations now = generations;
    if (alias.equals(alias(now.newest()))) {
      return Optional.of(now.newest());
    }
    return alias.equals(alias(now.before())) ? Optional.of(now.before()) : Optional.empty();
  }

  private static String alias(Svid svid) {
    return svid.certificate().getSerialNumber().toString(16);
  }
}
