package io.sallyport.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A whole mesh on this machine: the control plane as a process, an Envoy for `sleep-a`, for
/// `nginx` and for the egress gateway, and a pretend internet. Closing it stops everything and
/// deletes its files.
public final class MeshUnderTest implements Mesh {
  private static final Duration START = Duration.ofSeconds(60);

  private final EnvoyBinary binary;
  private final Path work;
  private final Layout layout = Layout.choose();
  private final Documents documents;
  private final PretendInternet internet =
      new PretendInternet(new PretendAuthority("pretend internet"));
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final String xds;
  private final String admin;
  private final Consumer<String> progress;
  private ControlPlaneProcess controlPlane;
  private EnvoyProcess sleepA;
  private EnvoyProcess nginx;
  private EnvoyProcess gateway;
  private InetSocketAddress sleepACapture;
  private InetSocketAddress sleepADns;

  private InetSocketAddress nginxCapture;

  /// Starts everything.
  ///
  /// @param meshConfig further lines of `MeshConfig.spec`, or empty
  /// @param progress gets a line for what takes longer
  public static MeshUnderTest start(String meshConfig, Consumer<String> progress) {
    return new MeshUnderTest(EnvoyBinary.find(progress), meshConfig, progress);
  }

  @SuppressWarnings("NullAway.Init")
  private MeshUnderTest(EnvoyBinary binary, String meshConfig, Consumer<String> progress) {
    this.binary = binary;
    this.progress = progress;
    try {
      this.work = Files.createTempDirectory("sallyport-mesh");
      Files.createDirectory(work.resolve("resources"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.documents = new Documents(work.resolve("resources"), layout);
    this.xds = layout.controlPlane() + ":" + Layout.freePort(layout.controlPlane());
    this.admin = layout.controlPlane() + ":" + Layout.freePort(layout.controlPlane());
    try {
      startParts(meshConfig);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void startParts(String meshConfig) {
    parts.push(internet);
    layout
        .hosts()
        .forEach((address, names) -> internet.host(address, layout.http(), layout.https(), names));
    documents.writeOutsideAuthority(internet.authority().certificate());
    documents.writeMesh(meshConfig, "");
    progress.accept("starting the control plane on " + xds);
    controlPlane = newControlPlane().awaitReady(START);
    progress.accept("starting three Envoys (" + binary.source() + ")");
    sleepACapture = capture(layout.sleepA());
    sleepADns = new InetSocketAddress(layout.sleepA(), Layout.freePort(layout.sleepA()));
    nginxCapture = capture(layout.nginx());
    CompletableFuture<EnvoyProcess> first =
        CompletableFuture.supplyAsync(() ->
            envoy(
                "sidecar",
                "mytest",
                "sleep-a",
                layout.sleepA(),
                "--outbound",
                text(sleepACapture),
                "--dns",
                text(sleepADns)));
    CompletableFuture<EnvoyProcess> second =
        CompletableFuture.supplyAsync(() ->
            envoy("sidecar", "default", "nginx", layout.nginx(), "--outbound", text(nginxCapture)));
    gateway = envoy("egress-gateway", "istio-egress", "egressgateway-0", layout.gateway());
    sleepA = first.join();
    nginx = second.join();
    for (EnvoyProcess envoy : List.of(gateway, sleepA, nginx)) {
      envoy.awaitReady(START);
    }
  }

  private ControlPlaneProcess newControlPlane() {
    ControlPlaneProcess process =
        new ControlPlaneProcess(
            documents.directory(), data(), xds, admin, work.resolve("control-plane.log"));
    parts.push(process);
    return process;
  }

  private static InetSocketAddress capture(String address) {
    return new InetSocketAddress(address, Layout.freePort(address));
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /// Writes the bootstrap of a proxy with the real command and starts an Envoy with it.
  public EnvoyProcess envoy(
      String kind, String namespace, String workload, String address, String... options) {
    Path directory =
        bootstrap(
            bootstrap(namespace + "-" + workload), kind, namespace, workload, address, options);
    String port = read(directory.resolve("admin-port")).strip();
    EnvoyProcess envoy =
        new EnvoyProcess(
            binary,
            kind + " " + namespace + "/" + workload,
            directory,
            new InetSocketAddress(address, Integer.parseInt(port)));
    synchronized (parts) {
      parts.push(envoy);
    }
    return envoy;
  }

  /// Runs `sallyport bootstrap`, as a user would.
  ///
  /// @return `directory`; a file `admin-port` beside what the command wrote names Envoy's admin
  ///   port
  public Path bootstrap(
      Path directory,
      String kind,
      String namespace,
      String workload,
      String address,
      String... options) {
    return new BootstrapCommand(work, data(), xds)
        .run(directory, kind, namespace, workload, address, options);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts a new control plane on the same data, where the one before is gone.
  public ControlPlaneProcess restartControlPlane() {
    controlPlane = newControlPlane().awaitReady(START);
    return controlPlane;
  }

  public EnvoyBinary binary() {
    return binary;
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public Documents documents() {
    return documents;
  }

  @Override
  public PretendInternet internet() {
    return internet;
  }

  public ControlPlaneProcess controlPlane() {
    return controlPlane;
  }

  @Override
  public EnvoyProcess sleepA() {
    return sleepA;
  }

  @Override
  public EnvoyProcess nginx() {
    return nginx;
  }

  @Override
  public EnvoyProcess gateway() {
    return gateway;
  }

  /// `address:port` of the control plane's admin endpoint.
  public String admin() {
    return admin;
  }

  /// The control plane's `--data`.
  public Path data() {
    return work.resolve("data");
  }

  /// Everything this mesh wrote.
  public Path work() {
    return work;
  }

  @Override
  public String outside() {
    return layout.httpbin();
  }

  @Override
  public Path bootstrap(String proxy) {
    return data().resolve("proxies").resolve(proxy);
  }

  @Override
  public String status() {
    return controlPlane().get("/v1/status").orElse("");
  }

  @Override
  public Optional<String> outsideOfIpv6() {
    return Layout.ipv6Loopback();
  }

  @Override
  public String elsewhere() {
    return layout.alibaba();
  }

  /// Where the sidecar of `sleep-a` answers DNS.
  public InetSocketAddress sleepADns() {
    return sleepADns;
  }

  @Override
  public Set<String> resolve(String name) {
    return new DnsClient(sleepADns).addresses(name);
  }

  @Override
  public EnvoyProcess startAnotherGateway() {
    String address = layout.gateway();
    documents.writeAnotherGateway(
        address,
        "http: %d, mesh-tls: %d".formatted(Layout.freePort(address), Layout.freePort(address)));
    String workload = Documents.ANOTHER_GATEWAY + "-0";
    Await.until(
        "the gateway is known",
        START,
        () -> read(data().resolve("workloads.json")).contains('"' + workload + '"'));
    EnvoyProcess started = envoy("egress-gateway", "istio-egress", workload, address);
    started.awaitReady(START);
    return started;
  }

  @Override
  public Application sleepAApplication() {
    return new Application(new ProxyProtocolDialer(layout.sleepA(), sleepACapture), layout.names());
  }

  @Override
  public Application nginxApplication() {
    return new Application(new ProxyProtocolDialer(layout.nginx(), nginxCapture), layout.names());
  }

  @Override
  public String controlPlaneTail() {
    return controlPlane.process().tail();
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        progress.accept("could not stop a part: " + e.getMessage());
      }
    }
    try {
      Directories.delete(work);
    } catch (IOException e) {
      progress.accept("could not delete " + work + ": " + e.getMessage());
    }
  }
}
