package io.sallyport.e2e.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.ChildProcess;
import io.sallyport.e2e.harness.ControlPlaneProcess;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.Sallyport;
import io.sallyport.status.ProxyReport;
import io.sallyport.status.StatusJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The first figure of `docs/performance.md`: 300 incremental clients connect, one policy changes,
/// all reconnect with what they have, the server is killed and started again under them. It prints
/// what it took, and asserts only on counts: whoever has everything gets nothing.
class ThreeHundredClientsTest {
  private static final int CLIENTS = 300;
  private static final int HOSTS = 200;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path work;

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong resources = new AtomicLong();
  private final List<DeltaClient> clients =
      IntStream.range(0, CLIENTS).mapToObj(_ -> new DeltaClient(bytes, resources)).toList();

  @Test
  void connectChangeReconnectKill() throws Exception {
    Layout layout = Layout.choose();
    Documents documents = new Documents(Files.createDirectory(work.resolve("policies")), layout);
    documents.writeMesh("", "");
    documents.write("http.yaml", policy(documents, HOSTS));
    Path data = work.resolve("data");
    String xds = layout.controlPlane() + ":" + Layout.freePort(layout.controlPlane());
    String admin = layout.controlPlane() + ":" + Layout.freePort(layout.controlPlane());
    Supplier<ControlPlaneProcess> serve =
        () ->
            new ControlPlaneProcess(
                documents.directory(), data, xds, admin, work.resolve("control-plane.log"));
    List<ManagedChannel> channels = new ArrayList<>();
    try (ControlPlaneProcess controlPlane = serve.get().awaitReady(LIMIT)) {
      SslContext tls = credentials(data, xds);
      measure(
          "connect",
          controlPlane,
          () -> {
            channels.addAll(connect(tls, xds));
            awaitAll("every client has something of every type", DeltaClient::isComplete);
          });

      String before = clients.getFirst().routes();
      measure(
          "change",
          controlPlane,
          () -> {
            documents.write("http.yaml", policy(documents, HOSTS + 1));
            awaitAll(
                "every client has the changed routes",
                client -> client.isComplete() && !client.routes().equals(before));
          });

      disconnect(channels, controlPlane);
      long had = resources.get();
      measure(
          "reconnect",
          controlPlane,
          () -> {
            channels.addAll(connect(tls, xds));
            Await.until(
                "all are connected and in sync", LIMIT, () -> inSync(controlPlane) == CLIENTS);
          });
      assertThat(resources.get()).as("resources that a client already had").isEqualTo(had);
      controlPlane.kill();
    }

    long had = resources.get();
    try (ControlPlaneProcess restarted = serve.get()) {
      measure(
          "kill -9",
          restarted,
          () ->
              Await.until(
                  "all have dialled again and are in sync",
                  LIMIT,
                  () -> inSync(restarted) == CLIENTS));
      assertThat(resources.get()).as("resources after kill -9").isEqualTo(had);
      disconnect(channels, restarted);
    }
  }

  private static String policy(Documents documents, int hosts) {
    String more =
        IntStream.range(0, hosts)
            .mapToObj(number -> "            - host-%d.example.com\n".formatted(number))
            .collect(Collectors.joining());
    return documents
        .policy("http.yaml")
        .replace("            - httpbin.org\n", "            - httpbin.org\n" + more);
  }

  private SslContext credentials(Path data, String xds) throws Exception {
    Path out = data.resolve("proxies").resolve("sleep-a");
    try (ChildProcess command =
        Sallyport.start(
            "bootstrap",
            work.resolve("bootstrap.log"),
            "bootstrap",
            "sidecar",
            "--namespace",
            "mytest",
            "--workload",
            "sleep-a",
            "--data",
            data.toString(),
            "--xds",
            xds,
            "--out",
            out.toString())) {
      assertThat(command.waitFor(LIMIT)).as(command.output()).isZero();
    }
    return GrpcSslContexts.forClient()
        .keyManager(out.resolve("tls.crt").toFile(), out.resolve("tls.key").toFile())
        .trustManager(out.resolve("ca.crt").toFile())
        .build();
  }

  private List<ManagedChannel> connect(SslContext tls, String xds) {
    List<ManagedChannel> channels = new ArrayList<>();
    for (DeltaClient client : clients) {
      ManagedChannel channel = NettyChannelBuilder.forTarget(xds).sslContext(tls).build();
      channels.add(channel);
      client.connect(channel);
    }
    return channels;
  }

  private void disconnect(List<ManagedChannel> channels, ControlPlaneProcess controlPlane)
      throws InterruptedException {
    clients.forEach(DeltaClient::close);
    channels.forEach(ManagedChannel::shutdownNow);
    for (ManagedChannel channel : channels) {
      channel.awaitTermination(10, TimeUnit.SECONDS);
    }
    channels.clear();
    Await.until(
        "nobody is connected",
        LIMIT,
        () -> controlPlane.metric("sallyport_proxies_connected", "") == 0);
  }

  private void awaitAll(String what, java.util.function.Predicate<DeltaClient> condition) {
    Await.until(
        what,
        LIMIT,
        () -> clients.stream().allMatch(condition),
        () -> clients.stream().filter(condition).count() + " of " + CLIENTS);
  }

  private static long inSync(ControlPlaneProcess controlPlane) {
    return controlPlane.get("/v1/proxies").stream()
        .map(json -> StatusJson.read(json, ProxyReport.class))
        .flatMap(report -> report.proxies().stream())
        .filter(proxy ->
            proxy.types().stream()
                .noneMatch(
                    type -> type.progress() == io.sallyport.status.ProxyStatus.Progress.PENDING))
        .count();
  }

  private void measure(String phase, ControlPlaneProcess controlPlane, Runnable action)
      throws Exception {
    ProcessHandle process = ProcessHandle.of(controlPlane.process().pid()).orElseThrow();
    Duration cpu = process.info().totalCpuDuration().orElse(Duration.ZERO);
    long received = bytes.get();
    long counted = resources.get();
    long start = System.nanoTime();
    action.run();
    System.out.printf(
        "FIGURE %d clients, %d hosts: %-9s wall %d ms, server CPU %d ms, %d resources, %d KB"
            + " received, server peak memory %s%n",
        CLIENTS,
        HOSTS,
        phase,
        Duration.ofNanos(System.nanoTime() - start).toMillis(),
        process.info().totalCpuDuration().orElse(Duration.ZERO).minus(cpu).toMillis(),
        resources.get() - counted,
        (bytes.get() - received) / 1024,
        peakMemory(process.pid()));
  }

  /// The most memory that the process ever held, where the system tells.
  private static String peakMemory(long pid) throws Exception {
    Path status = Path.of("/proc", String.valueOf(pid), "status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown")
        : "unknown";
  }
}
