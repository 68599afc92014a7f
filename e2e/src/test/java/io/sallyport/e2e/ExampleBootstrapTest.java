package io.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.grpc.TlsServerCredentials;
import io.sallyport.bootstrap.BootstrapRequest;
import io.sallyport.bootstrap.HostPort;
import io.sallyport.bootstrap.ProxyBootstrap;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.ChildProcess;
import io.sallyport.e2e.harness.EnvoyBinary;
import io.sallyport.e2e.harness.EnvoyProcess;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.ProxyTrust;
import io.sallyport.identity.ServerCertificate;
import io.sallyport.identity.WorkloadSecrets;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ProxyKind;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.SecretSource.Lease;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.SnapshotFeed;
import io.sallyport.snapshot.VersionedResource;
import io.sallyport.xds.Admission;
import io.sallyport.xds.ProxyId;
import io.sallyport.xds.XdsEvents;
import io.sallyport.xds.grpc.XdsLimits;
import io.sallyport.xds.grpc.XdsServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/// The bootstraps of `envoy-configs`: they say what the command writes, a real Envoy accepts them,
/// and one runs against the real xDS server.
class ExampleBootstrapTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final HostPort NAMED = HostPort.parse("", "sallyport.example.com:15012");
  private static final HostPort NUMBERED = HostPort.parse("", "10.0.0.10:15012");

  @TempDir Path data;
  private final AdvancedClock clock = new AdvancedClock();
  private final EnvoyBinary binary = EnvoyBinary.find(System.err::println);

  @Test
  void theySayWhatTheCommandWrites() throws Exception {
    Path sidecar = written(ProxyKind.SIDECAR, NAMED, Optional.of(Path.of("/etc/sallyport/proxy")));
    assertThat(tree(ExampleBootstrap.text("sidecar.yaml")))
        .isEqualTo(tree(Files.readString(sidecar)));
    Path gateway =
        written(ProxyKind.EGRESS_GATEWAY, NUMBERED, Optional.of(Path.of("/etc/sallyport/proxy")));
    assertThat(tree(ExampleBootstrap.text("egress-gateway.yaml")))
        .isEqualTo(tree(Files.readString(gateway)));
  }

  @Test
  void envoyAcceptsThem() throws Exception {
    for (ProxyKind kind : List.of(ProxyKind.SIDECAR, ProxyKind.EGRESS_GATEWAY)) {
      Path directory = directory(kind, NUMBERED);
      String name = kind == ProxyKind.SIDECAR ? "sidecar.yaml" : "egress-gateway.yaml";
      Path example = ExampleBootstrap.install(name, directory, Map.of());
      try (ChildProcess validation =
          new ChildProcess(
              "validation of " + name,
              List.of(binary.path().toString(), "--mode", "validate", "-c", example.toString()),
              data.resolve(name + ".log"))) {
        assertThat(validation.waitFor(LIMIT)).as(validation.tail()).isZero();
        assertThat(validation.output()).doesNotContain("warning", "deprecated");
      }
    }
  }

  /// From the certificate on disk over ADS to the SVID that Envoy shows its peers, and its renewal.
  @Test
  void aSidecarStartedWithTheExampleGetsItsIdentityAndShowsTheRenewedOne() throws Exception {
    CertificateAuthority authority = authority();
    WorkloadSecrets secrets = new WorkloadSecrets(authority, data, Duration.ofMinutes(20), clock);
    int port = Layout.freePort("127.0.0.1");
    int admin = Layout.freePort("127.0.0.1");
    Path directory = directory(ProxyKind.SIDECAR, NAMED);
    Peers peers = new Peers(secrets, listener(port));
    try (XdsServer server =
        XdsServer.start(
            new InetSocketAddress("127.0.0.1", 0),
            (TlsServerCredentials)
                TlsServerCredentials.newBuilder()
                    .keyManager(new ServerCertificate(authority, List.of("127.0.0.1"), clock))
                    .trustManager(new ProxyTrust(authority, clock))
                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                    .build(),
            peers,
            new Silence(),
            XdsLimits.DEFAULT,
            clock,
            Throwable::printStackTrace)) {
      ExampleBootstrap.install(
          "sidecar.yaml",
          directory,
          Map.of(
              ExampleBootstrap.address("sallyport.example.com", 15012),
              ExampleBootstrap.address("127.0.0.1", server.port()),
              ExampleBootstrap.address("127.0.0.1", 15000),
              ExampleBootstrap.address("127.0.0.1", admin)));
      try (EnvoyProcess _ =
          new EnvoyProcess(binary, "sidecar", directory, new InetSocketAddress("127.0.0.1", admin))
              .awaitReady(LIMIT)) {
        assertThat(peers.admitted)
            .containsExactly(
                new Admission.PeerCertificate(
                    "cluster.local", "mytest", "sleep-a", Optional.of("sleep-a")));
        X509Certificate first = shownBy(port, authority.root());
        assertThat(first.getSubjectAlternativeNames())
            .containsExactly(List.of(6, "spiffe://cluster.local/ns/mytest/sa/sleep-a"));

        clock.advance = Duration.ofMinutes(12); // past half life; what is issued is valid already
        secrets.renewDue();
        Await.until(
            "Envoy shows the renewed certificate",
            LIMIT,
            () -> !shownBy(port, authority.root()).equals(first));
        assertThat(peers.admitted).as("on the same stream").hasSize(1);
      }
    }
  }

  private CertificateAuthority authority() {
    return CertificateAuthority.openOrCreate(data, "cluster.local", clock);
  }

  private Path directory(ProxyKind kind, HostPort xds) throws Exception {
    return java.util.Objects.requireNonNull(written(kind, xds, Optional.empty()).getParent());
  }

  /// Does what the examples' comments say.
  private Path written(ProxyKind kind, HostPort xds, Optional<Path> mountedAt) {
    boolean sidecar = kind == ProxyKind.SIDECAR;
    return new ProxyBootstrap(authority(), data)
        .write(
            new BootstrapRequest(
                kind,
                sidecar ? "mytest" : "istio-egress",
                sidecar ? "sleep-a" : "egressgateway-0",
                Optional.empty(),
                xds,
                data.resolve("proxies/" + kind),
                mountedAt,
                sidecar
                    ? new BootstrapRequest.Listen(
                        Optional.of(Interception.REDIRECT),
                        Optional.of(HostPort.parse("", "127.0.0.1:15001")),
                        Optional.of(HostPort.parse("", "127.0.0.1:15006")),
                        Optional.empty())
                    : new BootstrapRequest.Listen(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("0.0.0.0")),
                BootstrapRequest.DEFAULT_ADMIN,
                BootstrapRequest.DEFAULT_TTL))
        .envoyYaml();
  }

  private static Object tree(String yaml) {
    return new Yaml().load(yaml);
  }

  /// A listener that shows the proxy's own SVID, and has nothing behind it.
  private static VersionedResource listener(int port) {
    DownstreamTlsContext tls =
        DownstreamTlsContext.newBuilder()
            .setCommonTlsContext(
                CommonTlsContext.newBuilder()
                    .addTlsCertificateSdsSecretConfigs(
                        SdsSecretConfig.newBuilder()
                            .setName("default")
                            .setSdsConfig(
                                ConfigSource.newBuilder()
                                    .setAds(AggregatedConfigSource.getDefaultInstance())
                                    .setResourceApiVersion(ApiVersion.V3))))
            .build();
    HttpConnectionManager nothing =
        HttpConnectionManager.newBuilder()
            .setStatPrefix("svid")
            .setRouteConfig(RouteConfiguration.getDefaultInstance())
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("envoy.filters.http.router")
                    .setTypedConfig(Any.pack(Router.getDefaultInstance())))
            .build();
    Listener listener =
        Listener.newBuilder()
            .setName("svid")
            .setAddress(
                Address.newBuilder()
                    .setSocketAddress(
                        SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port)))
            .addFilterChains(
                FilterChain.newBuilder()
                    .setTransportSocket(
                        TransportSocket.newBuilder()
                            .setName("envoy.transport_sockets.tls")
                            .setTypedConfig(Any.pack(tls)))
                    .addFilters(
                        Filter.newBuilder()
                            .setName("envoy.filters.network.http_connection_manager")
                            .setTypedConfig(Any.pack(nothing))))
            .build();
    return VersionedResource.of(ResourceType.LISTENER, "svid", listener, List.of());
  }

  /// The certificate of whoever listens there, if `root` vouches for it.
  private static X509Certificate shownBy(int port, X509Certificate root) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("root", root);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      try (SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
        socket.startHandshake();
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
      }
    } catch (Exception e) {
      throw new IllegalStateException("no handshake with Envoy", e);
    }
  }

  /// Admits everyone whose certificate is good, to one listener and the own secrets.
  private static final class Peers implements Admission {
    private final List<PeerCertificate> admitted = new CopyOnWriteArrayList<>();
    private final WorkloadSecrets secrets;
    private final VersionedResource listener;

    Peers(WorkloadSecrets secrets, VersionedResource listener) {
      this.secrets = secrets;
      this.listener = listener;
    }

    @Override
    public Decision admit(PeerCertificate peer, Claims node) {
      admitted.add(peer);
      List<Runnable> listeners = new CopyOnWriteArrayList<>();
      Lease lease =
          secrets.lease(
              peer.namespace(), peer.serviceAccount(), () -> listeners.forEach(Runnable::run));
      SnapshotFeed feed =
          new SnapshotFeed() {
            @Override
            public Snapshot current() {
              return Snapshot.of(List.of(listener)).with(lease.secrets());
            }

            @Override
            public Registration onChange(Runnable changed) {
              listeners.add(changed);
              return () -> listeners.remove(changed);
            }
          };
      return new Admitted(new ProxyId("sidecar", peer.namespace(), "sleep-a"), feed);
    }
  }

  private static final class Silence implements XdsEvents {
    @Override
    public void connected(long stream, ProxyId proxy, String encoding, String userAgent) {}

    @Override
    public void sent(
        long stream,
        ResourceType type,
        List<VersionedResource> changed,
        List<String> removed,
        long bytes) {}

    @Override
    public void acked(long stream, ResourceType type) {}

    @Override
    public void nacked(
        long stream, ResourceType type, String message, List<VersionedResource> suspects) {}

    @Override
    public void synced(long stream, Snapshot snapshot) {}

    @Override
    public void disconnected(long stream, String reason) {}
  }

  /// The machine's clock, put forward.
  private static final class AdvancedClock implements InstantSource {
    private volatile Duration advance = Duration.ZERO;

    @Override
    public Instant instant() {
      return Instant.now().plus(advance);
    }
  }
}
