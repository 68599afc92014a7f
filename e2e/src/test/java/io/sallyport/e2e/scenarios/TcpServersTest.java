package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.GatewayClient;
import io.sallyport.e2e.harness.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// What is done for databases and mail: servers that speak first, and many of them on one port,
/// known by addresses that the sidecar gives out when it is asked for their names.
class TcpServersTest extends BackendScenario {
  private static final String FILE = "tcp-servers.yaml";
  private static final String GREETING = "220 ready at ";
  private static final int PLENTY = 8 * 1024 * 1024;

  @SuppressWarnings("NullAway.Init")
  private RawServer first;

  @SuppressWarnings("NullAway.Init")
  private RawServer second;

  private int port;

  /// The addresses that the sidecar has given out.
  private final Set<String> given = new TreeSet<>();

  @BeforeParameterizedClassInvocation
  void serve() {
    port = Layout.freePort(mesh.outside());
    first = new RawServer(mesh.outside(), port, TcpServersTest::greetAndEcho);
    second = new RawServer(mesh.elsewhere(), port, TcpServersTest::greetAndEcho);
    String before = "    hostAliases:\n";
    mesh.documents()
        .replaceInMesh(
            before,
            before
                + "      - {ip: %s, hostnames: [first.test]}\n      - {ip: %s, hostnames: [second.test]}\n"
                    .formatted(mesh.outside(), mesh.elsewhere()));
  }

  @AfterParameterizedClassInvocation
  void stopServing() {
    first.close();
    second.close();
    given.clear();
  }

  @BeforeEach
  void inForce() {
    mesh.documents().write(FILE, policy("first.test, second.test"));
    for (String host : new String[] {"first.test", "second.test"}) {
      Await.until(
          host + " is reached by an address that the sidecar gives out",
          LIMIT,
          () -> {
            given.addAll(mesh.resolve(host));
            return mesh.resolve(host).stream().anyMatch(address -> !isRefused(address));
          },
          mesh::controlPlaneTail);
    }
  }

  private String policy(String hosts) {
    return Documents.ownPolicy(
        "databases",
        """
        - hosts: [%s]
          port: {number: %d, protocol: TCP}
          match: {virtualAddress: true}
        """
            .formatted(hosts, port));
  }

  @AfterEach
  void takeBack() {
    mesh.documents().delete(FILE);
    for (String address : given) {
      Await.until(address + " is refused", LIMIT, () -> isRefused(address), mesh::controlPlaneTail);
    }
  }

  @Test
  void hostsOnOnePortAreToldApartByTheAddressesThatTheSidecarGivesOut() throws IOException {
    String first = addressOf("first.test");
    String second = addressOf("second.test");
    assertThat(first).isNotEqualTo(second);
    assertThat(first.split("\\.")[0]).as("nobody's address").matches("24[0-7]");
    assertThat(greeting(first)).isEqualTo(GREETING + mesh.outside());
    assertThat(greeting(second)).isEqualTo(GREETING + mesh.elsewhere());
  }

  @Test
  void aServerThatSpeaksFirstIsHeardAtOnce() throws IOException {
    Instant start = Instant.now();
    greeting(addressOf("first.test"));
    assertThat(Duration.between(start, Instant.now()))
        .as("a sidecar that waited for the client's first bytes would wait for 5 s")
        .isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void bytesArriveUnchangedAndEachSideMayEndItsOwnDirection() throws IOException {
    byte[] sent = new byte[PLENTY];
    new Random(7).nextBytes(sent);
    try (Socket socket = mesh.sleepAApplication().dialAddress(addressOf("first.test"), port)) {
      line(socket.getInputStream());
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  socket.getOutputStream().write(sent);
                  socket.shutdownOutput();
                } catch (IOException _) {
                  // the reader sees it
                }
              });
      assertThat(Arrays.equals(socket.getInputStream().readAllBytes(), sent)).isTrue();
      writer.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theGatewayAsksWhoItIsBeforeItDialsAnybody() throws IOException {
    GatewayClient nginx = client("default-nginx");
    int before = first.connections() + second.connections();
    for (String authority :
        new String[] {"first.test:" + port, "first.test:22", "nowhere.example:" + port}) {
      assertThat(connect(nginx, authority).status()).as(authority).isEqualTo(403);
    }
    GatewayClient sleepA = client("mytest-sleep-a");
    for (String authority :
        new String[] {"first.test:22", "first.test", "127.0.0.1:" + port, "FIRST.TEST.:22"}) {
      assertThat(connect(sleepA, authority).status()).as(authority).isIn(403, 400);
    }
    assertThat(first.connections() + second.connections()).isEqualTo(before);
    int logged = mesh.gateway().accessLog().size();
    assertThat(connect(nginx, "first.test:" + port).status()).isEqualTo(403);
    JsonObject line =
        mesh.gateway()
            .awaitLog(
                "a refusal of nginx",
                logged,
                each -> text(each, "downstream_peer").endsWith("/ns/default/sa/nginx"));
    assertThat(text(line, "method")).isEqualTo("CONNECT");
    assertThat(text(line, "reason")).isEqualTo("not_granted");
    assertThat(first.connections() + second.connections()).isEqualTo(before);
    try (Socket granted = sleepA.dial(gateway(), Optional.of(sni()))) {
      granted.getOutputStream().write(request("first.test:" + port));
      assertThat(line(granted.getInputStream())).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void onlyConnectIsTakenThere() {
    for (String request :
        new String[] {
          "GET / HTTP/1.1\r\nHost: first.test:" + port + "\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: first.test:"
              + port
              + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        }) {
      assertThat(client("mytest-sleep-a").request(gateway(), Optional.of(sni()), request).status())
          .isIn(403, 404);
    }
  }

  @Test
  void aDatabaseThatIsDownIsLeftForItsReplica() throws IOException {
    String address = addressOf("first.test");
    int nobodysPort = Layout.freePort(mesh.outside());
    mesh.documents()
        .write(
            FILE,
            policy("first.test")
                + """
                          endpoints:
                            - {address: %s, port: %d}
                            - {address: %s, priority: 1}
                """
                    .formatted(mesh.outside(), nobodysPort, mesh.elsewhere()));
    Await.until(
        "the replica answers",
        LIMIT,
        () -> greetingOrNothing(address).equals(GREETING + mesh.elsewhere()),
        () -> greetingOrNothing(address) + mesh.controlPlaneTail());
    try (RawServer primary =
        new RawServer(mesh.outside(), nobodysPort, TcpServersTest::greetAndEcho)) {
      Await.until(
          "the primary is back",
          Duration.ofMinutes(1),
          () -> greetingOrNothing(address).equals(GREETING + mesh.outside()),
          mesh::controlPlaneTail);
      assertThat(primary.connections()).isPositive();
    }
  }

  @Test
  void aRuleThatIsGoneLetsNobodyNewThrough() {
    String address = addressOf("first.test");
    mesh.documents().delete(FILE);
    Await.until("refused", LIMIT, () -> isRefused(address), mesh::controlPlaneTail);
    Await.until(
        "no address any more",
        LIMIT,
        () -> mesh.resolve("first.test").isEmpty(),
        mesh::controlPlaneTail);
  }

  private boolean isRefused(String address) {
    return greetingOrNothing(address).isEmpty();
  }

  private String greetingOrNothing(String address) {
    try {
      return greeting(address);
    } catch (IOException _) {
      return "";
    }
  }

  private GatewayClient client(String proxy) {
    return GatewayClient.of(mesh.bootstrap(proxy));
  }

  private InetSocketAddress gateway() {
    return new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayMesh());
  }

  private static String sni() {
    return "outbound_.15443_.tcp_.egressgateway.istio-egress";
  }

  private Answer connect(GatewayClient client, String authority) {
    return client.request(
        gateway(), Optional.of(sni()), new String(request(authority), StandardCharsets.US_ASCII));
  }

  private static byte[] request(String authority) {
    return ("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private String greeting(String address) throws IOException {
    try (Socket socket = mesh.sleepAApplication().dialAddress(address, port)) {
      return line(socket.getInputStream());
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("closed after '" + line + "'");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  private static void greetAndEcho(Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    String here = socket.getLocalAddress().getHostAddress();
    out.write((GREETING + here + "\n").getBytes(StandardCharsets.US_ASCII));
    socket.getInputStream().transferTo(out);
  }

  /// As an application finds it, which asks again when a datagram is lost.
  private String addressOf(String name) {
    Set<String> answer = new TreeSet<>();
    Await.until(
        "an address of " + name,
        LIMIT,
        () -> answer.addAll(mesh.resolve(name)),
        mesh::controlPlaneTail);
    return answer.iterator().next();
  }
}
