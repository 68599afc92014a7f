package io.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bootstrap.BootstrapRenewer;
import io.sallyport.bootstrap.BootstrapRequest;
import io.sallyport.bootstrap.HostPort;
import io.sallyport.bootstrap.ProxyBootstrap;
import io.sallyport.e2e.harness.ChildProcess;
import io.sallyport.e2e.harness.EnvoyBinary;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.ProxyTrust;
import io.sallyport.identity.ServerCertificate;
import io.sallyport.identity.SpiffeId;
import io.sallyport.identity.Svid;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ProxyKind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `bootstrap` writes, in the hands of a real Envoy.
class BootstrapTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path data;
  private final EnvoyBinary envoy = EnvoyBinary.find(System.err::println);

  @Test
  void everyKindIsAcceptedByEnvoy() {
    CertificateAuthority authority =
        CertificateAuthority.openOrCreate(data, "cluster.local", InstantSource.system());
    HostPort local = HostPort.parse("", "127.0.0.1:15001");
    BootstrapRequest.Listen sidecar =
        new BootstrapRequest.Listen(
            Optional.of(Interception.PROXY_PROTOCOL),
            Optional.of(local),
            Optional.of(HostPort.parse("", "[::1]:15006")),
            Optional.empty());
    BootstrapRequest.Listen gateway =
        new BootstrapRequest.Listen(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("127.0.2.1"));
    List<BootstrapRequest> requests =
        List.of(
            request(ProxyKind.SIDECAR, "127.0.0.1:15012", sidecar),
            request(ProxyKind.EGRESS_GATEWAY, "xds.example.com:15012", gateway),
            request(ProxyKind.INGRESS_GATEWAY, "[::1]:15012", BootstrapRequest.Listen.DEFAULT));
    for (BootstrapRequest request : requests) {
      Path yaml = new ProxyBootstrap(authority, data).write(request).envoyYaml();
      try (ChildProcess validation =
          new ChildProcess(
              "validation",
              List.of(envoy.path().toString(), "--mode", "validate", "-c", yaml.toString()),
              data.resolve("validate.log"))) {
        assertThat(validation.waitFor(LIMIT)).as(validation.tail()).isZero();
        assertThat(validation.output()).doesNotContain("warning", "deprecated");
      }
    }
  }

  @Test
  void aRenewedCertificateIsUsedForTheNextConnection() throws Exception {
    AdvancedClock clock = new AdvancedClock();
    CertificateAuthority authority =
        CertificateAuthority.openOrCreate(data, "cluster.local", clock);
    try (SSLServerSocket server = controlPlane(authority, clock)) {
      String xds = "127.0.0.1:" + server.getLocalPort();
      BootstrapRequest request = request(ProxyKind.SIDECAR, xds, BootstrapRequest.Listen.DEFAULT);
      Path yaml = new ProxyBootstrap(authority, data).write(request).envoyYaml();
      BootstrapRenewer renewer = new BootstrapRenewer(authority, data, clock);
      try (ChildProcess _ = envoy(yaml)) {
        X509Certificate first = nextClient(server);
        assertThat(first.getSubjectX500Principal().getName()).isEqualTo("CN=sleep-a");
        assertThat(nextClient(server)).as("nothing is due yet").isEqualTo(first);
        clock.advance = Duration.ofHours(14);
        renewer.renewDue();
        X509Certificate latest = first;
        Instant deadline = Instant.now().plus(LIMIT);
        while (latest.equals(first) && Instant.now().isBefore(deadline)) {
          latest = nextClient(server);
        }
        assertThat(latest.getNotAfter()).isAfter(first.getNotAfter());
      }
    }
  }

  @Test
  void aProxyDoesNotTakeAnotherProxyForTheControlPlane() throws Exception {
    InstantSource clock = InstantSource.system();
    CertificateAuthority authority =
        CertificateAuthority.openOrCreate(data, "cluster.local", clock);
    Svid other =
        authority.issueWorkload(
            new SpiffeId("cluster.local", "mytest", "other"),
            Optional.of("other"),
            Duration.ofHours(1));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "other", other.key(), new char[0], other.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, new char[0]);
    try (SSLServerSocket server =
        server(keys.getKeyManagers()[0], new ProxyTrust(authority, clock))) {
      String xds = "127.0.0.1:" + server.getLocalPort();
      BootstrapRequest request = request(ProxyKind.SIDECAR, xds, BootstrapRequest.Listen.DEFAULT);
      Path yaml = new ProxyBootstrap(authority, data).write(request).envoyYaml();
      try (ChildProcess _ = envoy(yaml)) {
        assertThatThrownBy(() -> nextClient(server))
            .isInstanceOf(SSLException.class)
            .hasMessageContaining("certificate_unknown");
      }
    }
  }

  /// The TLS of a control plane, with nothing behind it: what it hears is a proxy's certificate.
  private static SSLServerSocket controlPlane(CertificateAuthority authority, InstantSource clock)
      throws Exception {
    return server(
        new ServerCertificate(authority, List.of("127.0.0.1"), clock),
        new ProxyTrust(authority, clock));
  }

  private static SSLServerSocket server(KeyManager keys, TrustManager trust) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 16, InetAddress.getByName("127.0.0.1"));
    SSLParameters parameters = server.getSSLParameters();
    parameters.setNeedClientAuth(true);
    parameters.setApplicationProtocols(new String[] {"h2"});
    server.setSSLParameters(parameters);
    server.setSoTimeout((int) LIMIT.toMillis());
    return server;
  }

  private ChildProcess envoy(Path yaml) {
    return new ChildProcess(
        "envoy",
        List.of(
            envoy.path().toString(),
            "--disable-hot-restart",
            "--concurrency",
            "1",
            "-c",
            yaml.toString()),
        data.resolve("envoy.log"));
  }

  private static X509Certificate nextClient(SSLServerSocket server) throws IOException {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  /// The machine's clock, put forward.
  private static final class AdvancedClock implements InstantSource {
    private volatile Duration advance = Duration.ZERO;

    @Override
    public Instant instant() {
      return Instant.now().plus(advance);
    }
  }

  private BootstrapRequest request(ProxyKind kind, String xds, BootstrapRequest.Listen listen) {
    return new BootstrapRequest(
        kind,
        "mytest",
        "sleep-a",
        Optional.of("sleep-a"),
        HostPort.parse("--xds", xds),
        data.resolve("proxies/" + kind),
        Optional.empty(),
        listen,
        BootstrapRequest.DEFAULT_ADMIN,
        BootstrapRequest.DEFAULT_TTL);
  }
}
