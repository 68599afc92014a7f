package io.sallyport.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bootstrap.BootstrapRequest.Listen;
import io.sallyport.bootstrap.ProxyBootstrap.Written;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.HandClock;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.ProxyTrust;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ProxyKind;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/// What `bootstrap` writes, and what it refuses.
class ProxyBootstrapTest {
  @TempDir Path data;
  @TempDir Path elsewhere;
  private final HandClock clock = new HandClock();
  private CertificateAuthority authority;
  private ProxyBootstrap bootstrap;
  private Path out;

  @BeforeEach
  void open() {
    authority = CertificateAuthority.openOrCreate(data, "cluster.local", clock);
    bootstrap = new ProxyBootstrap(authority, data);
    out = data.resolve("proxies/sleep-a");
  }

  @Test
  void theCertificateIsTheWorkloads() throws Exception {
    Written written = bootstrap.write(sidecar(Optional.of("sleepers")));

    assertThat(written.envoyYaml()).isEqualTo(out.toRealPath().resolve("envoy.yaml"));
    assertThat(written.id()).hasToString("spiffe://cluster.local/ns/mytest/sa/sleepers");
    assertThat(written.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofHours(24)));
    assertThat(written.keptFresh()).isTrue();
    assertThat(written.notes()).isEmpty();
    assertThat(new ProxyTrust(authority, clock).identify(chain()))
        .satisfies(identity -> {
          assertThat(identity.id()).isEqualTo(written.id());
          assertThat(identity.workload()).contains("sleep-a");
        });
    assertThat(Files.readString(out.resolve("ca.crt"))).isEqualTo(authority.trustBundlePem());
  }

  @Test
  void theKeyIsTheOwnersAloneAndTheNamesAreLinks() throws Exception {
    bootstrap.write(sidecar(Optional.empty()));
    assertThat(mode("tls.key")).isEqualTo("rw-------");
    for (String name : List.of("tls.crt", "ca.crt", "envoy.yaml", "sds-certificate.yaml")) {
      assertThat(mode(name)).isEqualTo("rw-r--r--");
    }
    for (String name : List.of("tls.key", "tls.crt", "ca.crt")) {
      assertThat(Files.readSymbolicLink(out.resolve(name))).isEqualTo(Path.of("..data", name));
    }
    assertThat(Files.readString(out.resolve("tls.key"))).startsWith("-----BEGIN PRIVATE KEY-----");
  }

  @Test
  void aSecondRunReplacesTheFirstWhole() throws Exception {
    bootstrap.write(sidecar(Optional.empty()));
    String key = Files.readString(out.resolve("tls.key"));
    Path generation = out.resolve("..data").toRealPath();
    bootstrap.write(sidecar(Optional.empty()));
    assertThat(Files.readString(out.resolve("tls.key"))).isNotEqualTo(key);
    assertThat(generation).doesNotExist();
    try (Stream<Path> entries = Files.list(out)) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "..data",
              out.resolve("..data").toRealPath().getFileName().toString(),
              "tls.key",
              "tls.crt",
              "ca.crt",
              "envoy.yaml",
              "sds-certificate.yaml",
              "sds-trust-bundle.yaml");
    }
  }

  @Test
  void theDocumentSaysWhatWasAsked() throws Exception {
    Listen listen =
        new Listen(
            Optional.of(Interception.PROXY_PROTOCOL),
            Optional.of(HostPort.parse("", "127.0.1.1:15001")),
            Optional.empty(),
            Optional.empty());
    bootstrap.write(
        request(ProxyKind.SIDECAR, "mytest", "sleep-a", "xds.example.com:15012", listen));
    Map<String, Object> yaml = yaml();

    assertThat(at(yaml, "node", "id")).isEqualTo("sidecar~mytest~sleep-a");
    assertThat(at(yaml, "node", "metadata", "sallyport"))
        .isEqualTo(Map.of("interception", "proxy-protocol", "outbound", "127.0.1.1:15001"));
    assertThat(at(yaml, "admin", "address", "socket_address"))
        .isEqualTo(Map.of("address", "127.0.0.1", "port_value", 15000));
    Object cluster = at(yaml, "static_resources", "clusters", 0);
    assertThat(at(cluster, "type")).isEqualTo("STRICT_DNS");
    assertThat(at(cluster, "transport_socket", "typed_config", "sni")).isEqualTo("xds.example.com");
    assertThat(
            at(
                cluster,
                "transport_socket",
                "typed_config",
                "common_tls_context",
                "combined_validation_context",
                "default_validation_context",
                "match_typed_subject_alt_names",
                0))
        .isEqualTo(
            Map.of(
                "san_type",
                "URI",
                "matcher",
                Map.of("exact", "spiffe://cluster.local/ns/sallyport-system/sa/sallyport")));
    assertThat(Files.readString(out.resolve("envoy.yaml")))
        .contains(out.toRealPath().resolve("sds-certificate.yaml").toString())
        .doesNotContain("&id");
  }

  @Test
  void anAddressGetsNoServerName() throws Exception {
    for (String xds : List.of("10.1.2.3:443", "[2001:db8::1]:443")) {
      bootstrap.write(request(ProxyKind.EGRESS_GATEWAY, "a", "b", xds, Listen.DEFAULT));
      Map<String, Object> yaml = yaml();
      assertThat(at(yaml, "node", "id")).isEqualTo("egress-gateway~a~b");
      assertThat(keys(at(yaml, "node"))).isNotEmpty().doesNotContain("metadata");
      Object cluster = at(yaml, "static_resources", "clusters", 0);
      assertThat(at(cluster, "type")).isEqualTo("STATIC");
      assertThat(keys(at(cluster, "transport_socket", "typed_config")))
          .isNotEmpty()
          .doesNotContain("sni");
    }
  }

  @Test
  void aContainerSeesTheFilesWhereTheyAreMounted() throws Exception {
    BootstrapRequest asked = sidecar(Optional.empty());
    bootstrap.write(
        new BootstrapRequest(
            asked.kind(),
            asked.namespace(),
            asked.workload(),
            asked.serviceAccount(),
            asked.xds(),
            out,
            Optional.of(Path.of("/etc/envoy")),
            asked.listen(),
            asked.envoyAdmin(),
            asked.ttl()));
    for (String name : List.of("envoy.yaml", "sds-certificate.yaml", "sds-trust-bundle.yaml")) {
      assertThat(Files.readString(out.resolve(name)))
          .contains("/etc/envoy")
          .doesNotContain(data.toString());
    }
  }

  @Test
  void theServiceAccountIsAskedKnownOrTheWorkloadsName() {
    Written guessed = bootstrap.write(sidecar(Optional.empty()));
    assertThat(guessed.id().serviceAccount()).isEqualTo("sleep-a");
    assertThat(guessed.notes())
        .singleElement()
        .asString()
        .contains("'sleep-a' is taken, the workload's own name");

    new KnownWorkloads(data)
        .write(List.of(new KnownWorkloads.Known("mytest", "sleep-a", "known", "sidecar")));
    Written known = bootstrap.write(sidecar(Optional.empty()));
    assertThat(known.id().serviceAccount()).isEqualTo("known");
    assertThat(known.notes()).isEmpty();

    Written asked = bootstrap.write(sidecar(Optional.of("asked")));
    assertThat(asked.id().serviceAccount()).isEqualTo("asked");
    assertThat(asked.notes())
        .singleElement()
        .asString()
        .contains("the service account 'known', not 'asked'");

    Written gateway =
        bootstrap.write(
            request(ProxyKind.EGRESS_GATEWAY, "mytest", "sleep-a", "127.0.0.1:1", Listen.DEFAULT));
    assertThat(gateway.notes())
        .singleElement()
        .asString()
        .contains("registered as sidecar, not egress-gateway");
  }

  @Test
  void outsideOfTheDataDirectoryNothingRenewsAndTheUserIsTold() {
    out = elsewhere.resolve("proxy");
    Written written = bootstrap.write(sidecar(Optional.of("sleep-a")));
    assertThat(written.keptFresh()).isFalse();
    assertThat(written.notes())
        .singleElement()
        .asString()
        .contains("run this command again before 2030-06-02T12:00:00Z");
    assertThat(data.resolve("bootstraps.d")).doesNotExist();
  }

  @Test
  void aFileOfTheUsersIsNotOverwritten() throws Exception {
    out = Files.createDirectories(elsewhere.resolve("mine"));
    Files.writeString(out.resolve("envoy.yaml"), "mine");
    assertThatThrownBy(() -> bootstrap.write(sidecar(Optional.empty())))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("choose another --out");
    assertThat(Files.readString(out.resolve("envoy.yaml"))).isEqualTo("mine");
    try (Stream<Path> entries = Files.list(out)) {
      assertThat(entries).hasSize(1);
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsAClearError() throws Exception {
    out = Files.writeString(elsewhere.resolve("file"), "").resolve("below");
    assertThatThrownBy(() -> bootstrap.write(sidecar(Optional.empty())))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("can't write to " + out);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "A", "a b", "a/b", "..", "../a", "a\nb: c", "a\"", "a'", "{a}", "a~b", "a:b",
        "a,b", "-a", "a-", "%61", "ä", "a\u0000"
      })
  void aNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(() ->
            bootstrap.write(request(ProxyKind.SIDECAR, name, "a", "127.0.0.1:1", Listen.DEFAULT)))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("--namespace");
    assertThatThrownBy(() ->
            bootstrap.write(request(ProxyKind.SIDECAR, "a", name, "127.0.0.1:1", Listen.DEFAULT)))
        .hasMessageContaining("--workload");
    assertThatThrownBy(() -> bootstrap.write(sidecar(Optional.of(name))))
        .hasMessageContaining("--service-account");
    assertThat(out).doesNotExist();
  }

  @Test
  void anOptionThatCannotBeIsRefused() {
    HostPort local = new HostPort("127.0.0.1", 1);
    refused("--bind is for", ProxyKind.SIDECAR, listen(null, null, "127.0.0.1"));
    refused("sidecars only", ProxyKind.EGRESS_GATEWAY, listen(local, null, null));
    refused("sidecars only", ProxyKind.INGRESS_GATEWAY, listen(null, local, null));
    refused("--bind 'a'", ProxyKind.EGRESS_GATEWAY, listen(null, null, "a"));
    refused(
        "--outbound 'localhost:1'",
        ProxyKind.SIDECAR,
        listen(new HostPort("localhost", 1), null, null));
    assertThatThrownBy(() -> with(new HostPort("0.0.0.0", 15000), Duration.ofHours(1)))
        .hasMessageContaining("--envoy-admin '0.0.0.0:15000' is not on loopback");
    for (Duration ttl : List.of(Duration.ofSeconds(59), Duration.ZERO, Duration.ofDays(91))) {
      assertThatThrownBy(() -> with(BootstrapRequest.DEFAULT_ADMIN, ttl))
          .hasMessageContaining("--ttl");
    }
    with(new HostPort("127.0.1.1", 15000), Duration.ofSeconds(60));
  }

  @Test
  void theControlPlanesIdentityIsGivenToNoProxy() {
    assertThatThrownBy(() ->
            bootstrap.write(
                request(
                    ProxyKind.SIDECAR,
                    "sallyport-system",
                    "sallyport",
                    "127.0.0.1:1",
                    Listen.DEFAULT)))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("control plane's own");
    assertThat(out.resolve("tls.key")).doesNotExist();
  }

  private void refused(String why, ProxyKind kind, Listen listen) {
    assertThatThrownBy(() -> request(kind, "a", "b", "127.0.0.1:1", listen))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining(why);
  }

  private static Listen listen(
      @org.jspecify.annotations.Nullable HostPort outbound,
      @org.jspecify.annotations.Nullable HostPort inbound,
      @org.jspecify.annotations.Nullable String bind) {
    return new Listen(
        Optional.empty(),
        Optional.ofNullable(outbound),
        Optional.ofNullable(inbound),
        Optional.ofNullable(bind));
  }

  private BootstrapRequest sidecar(Optional<String> serviceAccount) {
    return new BootstrapRequest(
        ProxyKind.SIDECAR,
        "mytest",
        "sleep-a",
        serviceAccount,
        HostPort.parse("", "127.0.0.1:15012"),
        out,
        Optional.empty(),
        Listen.DEFAULT,
        BootstrapRequest.DEFAULT_ADMIN,
        BootstrapRequest.DEFAULT_TTL);
  }

  private BootstrapRequest request(
      ProxyKind kind, String namespace, String workload, String xds, Listen listen) {
    return new BootstrapRequest(
        kind,
        namespace,
        workload,
        Optional.empty(),
        HostPort.parse("", xds),
        out,
        Optional.empty(),
        listen,
        BootstrapRequest.DEFAULT_ADMIN,
        BootstrapRequest.DEFAULT_TTL);
  }

  private BootstrapRequest with(HostPort admin, Duration ttl) {
    return new BootstrapRequest(
        ProxyKind.SIDECAR,
        "a",
        "b",
        Optional.empty(),
        HostPort.parse("", "127.0.0.1:1"),
        out,
        Optional.empty(),
        Listen.DEFAULT,
        admin,
        ttl);
  }

  private X509Certificate[] chain() throws Exception {
    try (var in = Files.newInputStream(out.resolve("tls.crt"))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toArray(X509Certificate[]::new);
    }
  }

  private Map<String, Object> yaml() throws Exception {
    return new Yaml().load(Files.readString(out.resolve("envoy.yaml")));
  }

  private static Object at(Object tree, Object... path) {
    Object here = tree;
    for (Object step : path) {
      here =
          step instanceof Integer index
              ? ((List<?>) here).get(index)
              : java.util.Objects.requireNonNull(((Map<?, ?>) here).get(step), step.toString());
    }
    return here;
  }

  private static List<String> keys(Object tree) {
    return ((Map<?, ?>) tree).keySet().stream().map(String::valueOf).toList();
  }

  private String mode(String name) throws Exception {
    Path real = out.resolve(name).toRealPath();
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(real, LinkOption.NOFOLLOW_LINKS));
  }
}
