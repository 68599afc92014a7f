package io.sallyport.e2e.containers;

import com.github.dockerjava.api.model.Network.Ipam;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Directories;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.InternetServer;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.Mesh;
import io.sallyport.e2e.harness.Relay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/// A mesh in containers. Workloads, gateway and control plane share the network `mesh`, which leads
/// nowhere else; the outside hosts are on two further networks, where only the gateway is too.
/// Every proxy gets a volume with its own keys and nobody else's.
final class ContainerMesh implements Mesh {
  private static final Random RANDOM = new SecureRandom();
  private static final Duration START = Duration.ofSeconds(90);
  private static final String DNS_PORT = "15053";
  private static final Path INTERCEPT = repository().resolve("containers/intercept");

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Consumer<String> progress;
  private final Path work;
  private final Program program;
  private final Network network;
  private Layout layout;
  private Documents documents;
  private RemoteInternet internet;
  private ControlPlaneContainer controlPlane;
  private List<ControlPlaneContainer.Proxy> proxies;
  private Pod sleepAPod;
  private Pod nginxPod;
  private Pod gatewayPod;
  private String outsideAddress6;
  private EnvoyContainer sleepA;
  private EnvoyContainer nginx;
  private EnvoyContainer gateway;

  /// Starts everything.
  ///
  /// @param meshConfig further lines of `MeshConfig.spec`, or empty
  /// @param progress gets a line for what takes longer
  static ContainerMesh start(String meshConfig, Consumer<String> progress) {
    return new ContainerMesh(meshConfig, progress);
  }

  @SuppressWarnings("NullAway.Init")
  private ContainerMesh(String meshConfig, Consumer<String> progress) {
    this.progress = progress;
    try {
      this.work = Files.createTempDirectory("sallyport-containers");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    parts.push(() -> Directories.delete(work));
    try {
      this.program = Program.copyTo(work.resolve("program"));
      this.network = newNetwork();
      startParts(meshConfig);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void startParts(String meshConfig) {
    progress.accept("starting containers");
    Volumes volumes = new Volumes();
    parts.push(volumes);
    Network one = newNetwork();
    Network two = newNetwork();
    Pod internetPod = pod("internet", one, two);
    Pod controlPlanePod = pod("control-plane", network);
    gatewayPod = pod("egressgateway-0", network, one, two);
    sleepAPod = pod("sleep-a", network).intercept(INTERCEPT, Map.of("DNS_PORT", DNS_PORT));
    nginxPod = pod("nginx", network).intercept(INTERCEPT, Map.of());
    layout =
        new Layout(
            controlPlanePod.address(network),
            sleepAPod.address(network),
            nginxPod.address(network),
            gatewayPod.address(network),
            internetPod.address(one),
            internetPod.address(two),
            80,
            443,
            80,
            443,
            444,
            15443);
    outsideAddress6 = internetPod.address6(one);
    internet = startInternet(internetPod);
    documents = new Documents(directory("resources"), layout);
    documents.writeOutsideAuthority(internet.authority());
    documents.writeMesh(meshConfig, "");
    var atSleepA = proxy(volumes, "sidecar", "mytest", "sleep-a", "--dns", "127.0.0.1:" + DNS_PORT);
    var atNginx = proxy(volumes, "sidecar", "default", "nginx");
    var atGateway = proxy(volumes, "egress-gateway", "istio-egress", "egressgateway-0");
    proxies = List.of(atSleepA, atNginx, atGateway);
    controlPlane =
        new ControlPlaneContainer(
            controlPlanePod,
            layout.controlPlane(),
            program,
            documents.directory(),
            volumes.create("data"),
            proxies);
    controlPlane.awaitReady(START);
    gateway = envoy(gatewayPod, atGateway);
    sleepA = envoy(sleepAPod, atSleepA);
    nginx = envoy(nginxPod, atNginx);
    relay(sleepAPod, layout.sleepA());
    relay(nginxPod, layout.nginx());
    Stream.of(gateway, sleepA, nginx).forEach(envoy -> envoy.awaitReady(START));
    progress.accept("all containers are ready");
  }

  private Path directory(String name) {
    try {
      return Files.createDirectory(work.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A network that leads nowhere else, over both IP versions.
  private Network newNetwork() {
    byte[] unique = new byte[6];
    RANDOM.nextBytes(unique);
    HexFormat hex = HexFormat.of();
    String prefix = // RFC 4193
        "fd%s:%s:%s:1::/64"
            .formatted(
                hex.formatHex(unique, 0, 1),
                hex.formatHex(unique, 1, 3),
                hex.formatHex(unique, 3, 5));
    Network made =
        Network.builder()
            .createNetworkCmdModifier(command ->
                command
                    .withInternal(true)
                    .withEnableIpv6(true)
                    .withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(prefix))))
            .build();
    made.getId();
    parts.push(made);
    return made;
  }

  /// A network namespace on the network of the workloads, with nothing in it.
  Pod pod(String name) {
    return pod(name, network);
  }

  private Pod pod(String name, Network... networks) {
    Pod pod = new Pod(name, List.of(networks));
    parts.push(pod);
    return pod;
  }

  private static ControlPlaneContainer.Proxy proxy(
      Volumes volumes, String kind, String namespace, String workload, String... options) {
    return new ControlPlaneContainer.Proxy(
        kind, namespace, workload, volumes.create(workload), List.of(options));
  }

  private RemoteInternet startInternet(Pod pod) {
    List<String> hosts =
        layout.hosts().entrySet().stream()
            .map(host -> host.getKey() + "=" + String.join(",", host.getValue()))
            .toList();
    java(pod, InternetServer.class, hosts);
    awaitOpen(layout.httpbin(), InternetServer.CONTROL_PORT);
    return new RemoteInternet(layout.httpbin());
  }

  private EnvoyContainer envoy(Pod pod, ControlPlaneContainer.Proxy proxy) {
    controlPlane.bootstrap(proxy);
    return new EnvoyContainer(
        proxy.kind() + " " + proxy.namespace() + "/" + proxy.workload(),
        pod,
        pod.run(Image.ENVOY, Pod.PROXY_USER, List.of(proxy.bind()), proxy.arguments()));
  }

  private void relay(Pod pod, String address) {
    java(pod, Relay.class, List.of());
    awaitOpen(address, Relay.PORT);
  }

  /// Runs a class of the tests' class path in a pod.
  GenericContainer<?> java(Pod pod, Class<?> main, List<String> arguments) {
    return pod.run(
        Image.JAVA,
        Pod.APPLICATION_USER,
        List.of(program.bind()),
        program.java(main.getName(), arguments));
  }

  private static void awaitOpen(String address, int port) {
    Await.until(
        address + ":" + port + " is open",
        START,
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1000);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /// The root of the checkout.
  static Path repository() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("containers/intercept"))) {
      at = at.getParent();
      if (at == null) {
        throw new IllegalStateException("not in a checkout of the repository");
      }
    }
    return at;
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
  public RemoteInternet internet() {
    return internet;
  }

  @Override
  public Application sleepAApplication() {
    return application(layout.sleepA());
  }

  @Override
  public Application nginxApplication() {
    return application(layout.nginx());
  }

  private Application application(String address) {
    return new Application(
        new SocksDialer(new InetSocketAddress(address, Relay.PORT)), layout.names());
  }

  @Override
  public EnvoyContainer sleepA() {
    return sleepA;
  }

  @Override
  public EnvoyContainer nginx() {
    return nginx;
  }

  @Override
  public EnvoyContainer gateway() {
    return gateway;
  }

  /// This machine's own address on the network of an outside host.
  @Override
  public String outside() {
    try (DatagramSocket towards = new DatagramSocket()) {
      towards.connect(new InetSocketAddress(layout.httpbin(), InternetServer.CONTROL_PORT));
      return towards.getLocalAddress().getHostAddress();
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Path bootstrap(String proxy) {
    Path copy = work.resolve("bootstrap-of-" + proxy);
    proxies.stream()
        .filter(each -> proxy.equals(each.namespace() + "-" + each.workload()))
        .forEach(each -> controlPlane.copyBootstrap(each, copy));
    return copy;
  }

  @Override
  public String status() {
    return controlPlane.status();
  }

  /// The network namespace of `sleep-a`.
  Pod sleepAPod() {
    return sleepAPod;
  }

  /// The network namespace of `nginx`.
  Pod nginxPod() {
    return nginxPod;
  }

  /// The network namespace of the gateway.
  Pod gatewayPod() {
    return gatewayPod;
  }

  /// The IPv6 address of the outside host whose IPv4 address is `httpbin` of the layout.
  String outsideAddress6() {
    return outsideAddress6;
  }

  /// The network of the workloads.
  Network network() {
    return network;
  }

  @Override
  public String controlPlaneTail() {
    return controlPlane.tail();
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
  }
}
