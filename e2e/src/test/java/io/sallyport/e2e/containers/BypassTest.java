package io.sallyport.e2e.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/// From the application's container: ways out without the sidecar's consent. `sleep-a` may reach
/// httpbin.org on port 80 and nothing else. Beside the workloads, on their own network, stands a
/// witness that no rule names; whatever reaches it has got past the sidecar. What a request can say
/// of itself is the subject of `RequestTricksTest`, on both backends; what a stolen certificate can
/// do at the gateway is that of `GatewayDefenceTest`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf("io.sallyport.e2e.containers.Backend#withContainers")
class BypassTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// What `ping` says of its one echo request.
  private static final String ANSWERED = " 0% packet loss";

  @SuppressWarnings("NullAway.Init")
  private ContainerMesh mesh;

  @SuppressWarnings("NullAway.Init")
  private Pod witness;

  @SuppressWarnings("NullAway.Init")
  private Pod free;

  @SuppressWarnings("NullAway.Init")
  private GenericContainer<?> watching;

  /// A way out.
  ///
  /// @param command for a shell; `$W4`, `$W6` are the witness, `$GATEWAY` and `$CONTROL` the parts
  ///   of the mesh
  /// @param prints what it must print, among other things
  private record Way(String name, String command, String prints) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Ways that lead to the witness when nothing stops them.
  static Stream<Way> waysToTheWitness() {
    return Stream.of(
        new Way("TCP to an address", tcp("$W4", 8080), ""),
        new Way("TCP to a port that sidecars use elsewhere", tcp("$W4", 15090), ""),
        new Way("TCP to the TLS port, no TLS", tcp("$W4", 443), ""),
        new Way("HTTP to an address", status("http://$W4/"), "502"),
        new Way("HTTP to an address, another port", status("http://$W4:8080/"), "502"),
        new Way(
            "HTTP to an address, the name of an allowed host, a port without a rule",
            status("-H 'Host: httpbin.org' http://$W4:8080/get"),
            "502"),
        new Way("TLS to an address", status("-k https://$W4/"), "000"),
        new Way(
            "TLS with the name of an allowed host",
            status("-k --connect-to httpbin.org:443:$W4:443 https://httpbin.org/"),
            "000"),
        new Way("TCP over IPv6", tcp("$W6", 8080), "refused"),
        new Way("HTTP over IPv6", status("-g http://[$W6]/"), "000"),
        new Way("TLS over IPv6", status("-g -k https://[$W6]/"), "000"),
        new Way("QUIC, or any UDP to 443", udp("$W4", 443), ""),
        new Way("QUIC over IPv6", udp("$W6", 443), ""),
        new Way("DNS of another server: the sidecar answers", udp("$W4", 53), ""),
        new Way("DNS of another server over TCP", tcp("$W4", 53), ""),
        new Way("UDP to any port", udp("$W4", 4500), ""));
  }

  /// Ways that lead somewhere else.
  static Stream<Way> otherWays() {
    return Stream.of(
        new Way("the way that is granted", status("$ALLOWED http://httpbin.org/get"), "200"),
        new Way(
            "an address of one's choice for an allowed host: the gateway finds the host itself",
            status("-H 'Host: httpbin.org' http://$W4/get"),
            "200"),
        new Way(
            "the outside host's own address, where no rule names it",
            status("http://$OUTSIDE/get"),
            "502"),
        new Way(
            "the capture port", status("-H 'Host: httpbin.org' http://127.0.0.1:15001/get"), "000"),
        new Way("a host on a port of that number", status("http://$W4:15001/"), "000"),
        new Way("the inbound port", status("http://127.0.0.1:15006/"), "000"),
        new Way("the metrics port", status("http://127.0.0.1:15090/stats/prometheus"), "000"),
        new Way("Envoy's admin port", status("http://127.0.0.1:15000/config_dump"), "000"),
        new Way("stopping Envoy", status("-X POST http://127.0.0.1:15000/quitquitquit"), "000"),
        new Way("the gateway, plaintext", status("http://$GATEWAY/get"), "502"),
        new Way("the gateway, TLS", status("-k https://$GATEWAY:80/get"), "000"),
        new Way("the gateway's TLS port", status("-k https://$GATEWAY/get"), "000"),
        new Way("the control plane", status("-k https://$CONTROL:15012/"), "000"),
        new Way("the control plane's admin port", status("http://$CONTROL:15014/v1/status"), "502"),
        new Way(
            "a forged client certificate header",
            status(
                "-H 'X-Forwarded-Client-Cert: URI=spiffe://cluster.local/ns/istio-system/sa/x'"
                    + " -H 'Host: example.com' http://$W4/"),
            "502"),
        new Way("taking the rules away", "iptables -w -t nat -F 2>&1; echo $?", "ermission denied"),
        new Way("having a capability", "grep CapEff /proc/self/status", "0000000000000000"),
        new Way("the sidecar's key", "cat /etc/sallyport/tls.key 2>&1", "No such file"));
  }

  private static String tcp(String host, int port) {
    return "(exec 3<>/dev/tcp/" + host + "/" + port + " && echo hello >&3) 2>&1";
  }

  private static String udp(String host, int port) {
    return "(exec 3<>/dev/udp/" + host + "/" + port + " && echo hello >&3) 2>&1";
  }

  private static String status(String arguments) {
    return "curl -s -m 8 -o /dev/null -w '%{http_code}' " + arguments;
  }

  @BeforeAll
  void start() {
    mesh = ContainerMesh.start("", line -> System.out.println("  " + line));
    witness = mesh.pod("witness");
    free = mesh.pod("free");
    watching = mesh.java(witness, Witness.class, List.of());
    Await.until("the witness watches", LIMIT, () -> watching.getLogs().contains("watching"));
    mesh.documents().apply("http.yaml");
    Await.until(
        "the policy is in force",
        LIMIT,
        () -> mesh.sleepAApplication().get("httpbin.org", 80, "/get").status() == 200,
        mesh::controlPlaneTail);
  }

  @AfterAll
  void stop() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @ParameterizedTest
  @MethodSource("waysToTheWitness")
  void leadsNowhere(Way way) {
    int seen = watching.getLogs().length();
    ExecResult result = mesh.sleepAPod().tool(Pod.APPLICATION_USER, "bash", "-c", withNames(way));
    assertThat(result.getStdout()).contains(way.prints());
    // a datagram that was sent has arrived before the next one that may pass
    free.tool(Pod.APPLICATION_USER, "bash", "-c", names() + udp("$W4", 4500));
    Await.until("the free one's datagram", LIMIT, () -> watching.getLogs().length() > seen);
    assertThat(watching.getLogs().substring(seen))
        .as("what reached the witness")
        .doesNotContain(mesh.layout().sleepA())
        .doesNotContain(mesh.sleepAPod().address6(mesh.network()));
  }

  @ParameterizedTest
  @MethodSource("waysToTheWitness")
  void wouldLeadToTheWitnessWithoutASidecar(Way way) {
    int seen = watching.getLogs().length();
    free.tool(Pod.APPLICATION_USER, "bash", "-c", withNames(way));
    Await.until(way.name(), LIMIT, () -> watching.getLogs().length() > seen);
  }

  @ParameterizedTest
  @MethodSource("otherWays")
  void endsAsItShould(Way way) {
    int seen = watching.getLogs().length();
    ExecResult result = mesh.sleepAPod().tool(Pod.APPLICATION_USER, "bash", "-c", withNames(way));
    assertThat(result.getStdout()).contains(way.prints());
    assertThat(watching.getLogs().length()).as("what reached the witness").isEqualTo(seen);
  }

  /// Who is on the network of the workloads, without a sidecar and without a certificate, gets
  /// nothing of the gateway; and the outside is on another network.
  @Test
  void withoutASidecarThereIsNoWayOutEither() {
    for (String command :
        List.of(
            status("-H 'Host: httpbin.org' http://$GATEWAY/get"),
            status("-k --connect-to httpbin.org:443:$GATEWAY:80 https://httpbin.org/get"),
            status("http://$OUTSIDE/get"))) {
      ExecResult result = free.tool(Pod.APPLICATION_USER, "bash", "-c", names() + command);
      assertThat(result.getStdout()).as(command).isEqualTo("000");
    }
    assertThat(echo(free, "$OUTSIDE")).doesNotContain(ANSWERED);
  }

  /// The kernel answers echoes by itself, so it is asked what has reached it.
  @ParameterizedTest
  @ValueSource(strings = {"$W4", "$W6"})
  void anEchoLeadsNowhere(String to) {
    long before = echoesAtTheWitness();
    assertThat(echo(mesh.sleepAPod(), to)).doesNotContain(ANSWERED);
    assertThat(echoesAtTheWitness()).as("echoes at the witness").isEqualTo(before);
    assertThat(echo(free, to)).as("without a sidecar").contains(ANSWERED);
    assertThat(echoesAtTheWitness()).as("echoes at the witness").isEqualTo(before + 1);
  }

  /// Over IPv6 the network is no wall with every engine (20.10 routes it out of an `internal` one),
  /// so there the interception must be.
  @ParameterizedTest
  @ValueSource(strings = {"$OUTSIDE", "$OUTSIDE6"})
  void anEchoDoesNotReachAnOutsideHost(String to) {
    assertThat(echo(mesh.sleepAPod(), to)).doesNotContain(ANSWERED);
    assertThat(echo(mesh.gatewayPod(), to)).as("of the gateway").contains(ANSWERED);
  }

  /// What `ping` says, which sends one ICMP echo request.
  private String echo(Pod from, String to) {
    String command = names() + "ping -c 1 -W 5 " + to + " 2>&1";
    return from.tool(Pod.APPLICATION_USER, "bash", "-c", command).getStdout();
  }

  /// How many echo requests the witness has received, over both IP versions.
  private long echoesAtTheWitness() {
    String counts =
        witness.tool(Pod.APPLICATION_USER, "cat", "/proc/net/snmp", "/proc/net/snmp6").getStdout();
    List<String[]> icmp =
        counts
            .lines()
            .filter(line -> line.startsWith("Icmp: ") || line.startsWith("Icmp6InEchos "))
            .map(line -> line.split("\\s+"))
            .toList();
    assertThat(icmp).as("names, values, and the count of IPv6").hasSize(3);
    int column = List.of(icmp.getFirst()).indexOf("InEchos");
    return Long.parseLong(icmp.get(1)[column]) + Long.parseLong(icmp.get(2)[1]);
  }

  @Test
  void theSidecarSurvivedAllThis() {
    assertThat(mesh.sleepA().alive()).isTrue();
  }

  private String withNames(Way way) {
    return names() + way.command();
  }

  private String names() {
    return "W4=%s W6=%s GATEWAY=%s CONTROL=%s OUTSIDE=%s OUTSIDE6=%s ALLOWED='--connect-to httpbin.org:80:192.0.2.1:80';"
        .formatted(
            witness.address(mesh.network()),
            witness.address6(mesh.network()),
            mesh.layout().gateway(),
            mesh.layout().controlPlane(),
            mesh.layout().httpbin(),
            mesh.outsideAddress6());
  }
}
