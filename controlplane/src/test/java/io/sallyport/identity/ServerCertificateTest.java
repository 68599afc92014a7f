package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real handshakes of the JDK with the server's key and trust managers.
class ServerCertificateTest {
  private static final SpiffeId SLEEP = new SpiffeId("cluster.local", "mytest", "sleep-a");

  @TempDir Path data;
  @TempDir Path elsewhere;
  private final AdvancedClock clock = new AdvancedClock();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private CertificateAuthority authority;
  private ServerCertificate certificate;
  private SSLServerSocket server;

  @BeforeEach
  void listen() throws Exception {
    authority = CertificateAuthority.openOrCreate(data, "cluster.local", clock);
    certificate = new ServerCertificate(authority, List.of("127.0.0.1", "localhost"), clock);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {certificate},
        new TrustManager[] {new ProxyTrust(authority, clock)},
        null);
    server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0);
    server.setNeedClientAuth(true);
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    threads.close();
  }

  @Test
  void aProxyConnectsInEitherVersionOfTls() throws Exception {
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      Connection connection = connect(Optional.of(proxy(authority)), version);
      assertThat(SubjectNames.uris(connection.server()))
          .containsExactly("spiffe://cluster.local/ns/sallyport-system/sa/sallyport");
      assertThat(SubjectNames.uris(connection.client())).containsExactly(SLEEP.toString());
    }
  }

  @Test
  void aNewConnectionGetsTheRenewedCertificate() throws Exception {
    X509Certificate first = connect(Optional.of(proxy(authority)), "TLSv1.3").server();
    clock.advance = Duration.ofHours(10);
    certificate.renewDue();
    assertThat(connect(Optional.of(proxy(authority)), "TLSv1.3").server()).isEqualTo(first);
    String alias = Objects.requireNonNull(certificate.chooseEngineServerAlias("EC", null, null));
    clock.advance = Duration.ofHours(14);
    certificate.renewDue();
    assertThat(certificate.expiresAt()).isAfter(first.getNotAfter().toInstant());
    assertThat(Objects.requireNonNull(certificate.getCertificateChain(alias))[0])
        .as("a handshake that began before is answered from one generation")
        .isEqualTo(first);
    assertThat(certificate.getPrivateKey(alias)).isNotNull();
    assertThat(certificate.chooseEngineServerAlias("EC", null, null)).isNotEqualTo(alias);
    assertThat(certificate.chooseEngineServerAlias("RSA", null, null)).isNull();
  }

  @Test
  void withoutACertificateOrWithAForeignOneNobodyConnects() {
    CertificateAuthority foreign =
        CertificateAuthority.openOrCreate(elsewhere, "cluster.local", clock);
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      refused(Optional.empty(), version);
      refused(Optional.of(proxy(foreign)), version);
      refused(Optional.of(authority.issueServer(List.of(), Duration.ofHours(1))), version);
    }
    Svid svid = proxy(authority);
    clock.advance = Duration.ofHours(2);
    refused(Optional.of(svid), "TLSv1.3");
  }

  private Svid proxy(CertificateAuthority by) {
    return by.issueWorkload(SLEEP, Optional.of("sleep-a"), Duration.ofHours(1));
  }

  private record Connection(X509Certificate server, X509Certificate client) {}

  private void refused(Optional<Svid> client, String version) {
    assertThatThrownBy(() -> connect(client, version))
        .isInstanceOfAny(SSLException.class, ExecutionException.class)
        .hasStackTraceContaining("SSLHandshakeException");
  }

  /// One handshake, seen from both ends, of a client that never connected before.
  private Connection connect(Optional<Svid> client, String version) throws Exception {
    Future<X509Certificate> accepted =
        threads.submit(() -> {
          try (SSLSocket socket = (SSLSocket) server.accept()) {
            socket.startHandshake();
            socket.getOutputStream().write(1);
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
          }
        });
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys(client), trust(), null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.getLocalPort())) {
      socket.setEnabledProtocols(new String[] {version});
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the address is a SAN
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      var peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      if (socket.getInputStream().read() < 0) {
        throw new IOException("closed: " + accepted.get());
      }
      return new Connection(peer, accepted.get());
    } catch (IOException e) {
      accepted.get(); // the server's reason, if it had one
      throw e;
    }
  }

  private static KeyManager[] keys(Optional<Svid> client) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (client.isPresent()) {
      store.setKeyEntry(
          "client",
          client.get().key(),
          new char[0],
          client.get().chain().toArray(X509Certificate[]::new));
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private TrustManager[] trust() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("root", authority.root());
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }

  /// The machine's clock, put forward: the client's side asks that of the machine.
  private static final class AdvancedClock implements InstantSource {
    private volatile Duration advance = Duration.ZERO;

    @Override
    public java.time.Instant instant() {
      return java.time.Instant.now().plus(advance);
    }
  }
}
