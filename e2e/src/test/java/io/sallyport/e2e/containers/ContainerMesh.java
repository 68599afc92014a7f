package io.sallyport.e2e.containers;

import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.InternetServer;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.Mesh;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.e2e.harness.Relay;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/// A mesh in containers. Workloads, gateways and control plane share the network `mesh`, which
/// leads nowhere else; the outside hosts are on two further networks, where only gateways are too.
/// Every proxy gets a volume with its own keys and nobody else's.
final class ContainerMesh implements Mesh {
  private static final Duration START = Duration.ofSeconds(90);
  private static final String DNS_PORT = "15053";
  private static final Path INTERCEPT = Containers.repository().resolve("containers/intercept");
  private static final String AUTHORITY = "/etc/pretend-authority.p12";

  private final Containers containers;
  private Network network;
  private List<Network> outside;
  private Layout layout;
  private Documents documents;
  private RemoteInternet internet;
  private ControlPlaneContainer controlPlane;
  private List<ControlPlaneContainer.Proxy> proxies;
  private ControlPlaneContainer.Proxy another;
  private Pod sleepAPod;
  private Pod nginxPod;
  private Pod gatewayPod;
  private Pod internetPod;
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
    this.containers = new Containers(progress);
    try {
      progress.accept("starting containers");
      startParts(meshConfig);
      progress.accept("all containers are ready");
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void startParts(String meshConfig) {
    network = containers.network();
    outside = List.of(containers.network(), containers.network());
    internetPod = containers.pod("internet", outside.toArray(Network[]::new));
    Pod controlPlanePod = pod("control-plane");
    gatewayPod = gatewayPod("egressgateway-0");
    sleepAPod = pod("sleep-a").intercept(INTERCEPT, Map.of("DNS_PORT", DNS_PORT));
    nginxPod = pod("nginx").intercept(INTERCEPT, Map.of());
    layout =
        new Layout(
            controlPlanePod.address(network),
            sleepAPod.address(network),
            nginxPod.address(network),
            gatewayPod.address(network),
            internetPod.address(outside.getFirst()),
            internetPod.address(outside.getLast()),
            80,
            443,
            80,
            443,
            444,
            15443);
    internet = startInternet(internetPod);
    documents = new Documents(containers.directory("resources"), layout);
    documents.writeOutsideAuthority(internet.authority().certificate());
    documents.writeMesh(meshConfig, "");
    startControlPlane(controlPlanePod);
    sleepA = envoy(sleepAPod, proxies.get(0));
    nginx = envoy(nginxPod, proxies.get(1));
    gateway = envoy(gatewayPod, proxies.get(2));
    relay(sleepAPod, layout.sleepA());
    relay(nginxPod, layout.nginx());
    Stream.of(gateway, sleepA, nginx).forEach(envoy -> envoy.awaitReady(START));
  }

  /// It gets every proxy's volume when it starts, and so also that of the gateway to come.
  private void startControlPlane(Pod pod) {
    proxies =
        List.of(
            proxy("sidecar", "mytest", "sleep-a", "--dns", "127.0.0.1:" + DNS_PORT),
            proxy("sidecar", "default", "nginx"),
            proxy("egress-gateway", "istio-egress", "egressgateway-0"));
    another = proxy("egress-gateway", "istio-egress", Documents.ANOTHER_GATEWAY + "-0");
    List<ControlPlaneContainer.Proxy> all = new ArrayList<>(proxies);
    all.add(another);
    controlPlane =
        new ControlPlaneContainer(
            pod,
            layout.controlPlane(),
            containers.program(),
            documents.directory(),
            containers.volume("data"),
            all);
    controlPlane.awaitReady(START);
  }

  /// A network namespace on the network of the workloads, with nothing in it.
  Pod pod(String name) {
    return containers.pod(name, network);
  }

  private Pod gatewayPod(String name) {
    return containers.pod(name, network, outside.getFirst(), outside.getLast());
  }

  private ControlPlaneContainer.Proxy proxy(
      String kind, String namespace, String workload, String... options) {
    return new ControlPlaneContainer.Proxy(
        kind, namespace, workload, containers.volume(workload), List.of(options));
  }

  private RemoteInternet startInternet(Pod pod) {
    PretendAuthority authority = new PretendAuthority("pretend internet");
    Path file = containers.work().resolve("authority.p12");
    authority.save(file);
    List<String> arguments = new ArrayList<>(List.of(AUTHORITY));
    layout
        .hosts()
        .forEach((address, names) -> arguments.add(address + "=" + String.join(",", names)));
    containers.java(pod, InternetServer.class, List.of(Pod.readOnly(file, AUTHORITY)), arguments);
    Containers.awaitOpen(layout.httpbin(), InternetServer.CONTROL_PORT);
    return new RemoteInternet(layout.httpbin(), authority);
  }

  private EnvoyContainer envoy(Pod pod, ControlPlaneContainer.Proxy proxy) {
    controlPlane.bootstrap(proxy);
    return new EnvoyContainer(pod, proxy);
  }

  private void relay(Pod pod, String address) {
    java(pod, Relay.class, List.of());
    Containers.awaitOpen(address, Relay.PORT);
  }

  /// Runs a class of the tests' class path in a pod.
  GenericContainer<?> java(Pod pod, Class<?> main, List<String> arguments) {
    return containers.java(pod, main, List.of(), arguments);
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

  @Override
  public EnvoyContainer startAnotherGateway() {
    Pod pod = gatewayPod(another.workload());
    documents.writeAnotherGateway(pod.address(network), "");
    Await.until(
        "the gateway is known",
        START,
        () -> controlPlane.knows(another.workload()),
        controlPlane::tail);
    EnvoyContainer started = envoy(pod, another);
    started.awaitReady(START);
    return started;
  }

  @Override
  public Set<String> resolve(String name) {
    Set<String> addresses = new TreeSet<>();
    sleepAPod
        .tool(Pod.APPLICATION_USER, "getent", "ahostsv4", name)
        .getStdout()
        .lines()
        .forEach(line -> addresses.add(line.split(" ", 2)[0]));
    return addresses;
  }

  @Override
  public String outside() {
    return Containers.thisMachineBeside(layout.httpbin());
  }

  @Override
  public Optional<String> outsideOfIpv6() {
    return Containers.ipv6Of(outside());
  }

  @Override
  public String elsewhere() {
    return Containers.thisMachineBeside(layout.alibaba());
  }

  @Override
  public Path bootstrap(String proxy) {
    Path copy = containers.work().resolve("bootstrap-of-" + proxy);
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
    return internetPod.address6(outside.getFirst());
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
    containers.close();
  }
}
