package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.DnsServer;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.GatewayClient;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.e2e.harness.PretendInternet;
import io.sallyport.e2e.harness.RawHttp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// `*.granted.test`, whose names DNS gives an address that the rule grants; `*.public.test` without
/// such a grant; and `forbidden`, a server at an address that no rule grants, which nobody reaches.
abstract class WildcardScenario extends BackendScenario {
  static final String WILDCARD = "*.granted.test";

  @SuppressWarnings("NullAway.Init")
  DnsServer dns;

  /// The address that rules grant.
  @SuppressWarnings("NullAway.Init")
  String granted;

  /// The address that no rule grants.
  @SuppressWarnings("NullAway.Init")
  String notGranted;

  @SuppressWarnings("NullAway.Init")
  private PretendInternet hosts;

  @SuppressWarnings("NullAway.Init")
  private PretendInternet forbidden;

  private int http;
  int https;

  @SuppressWarnings("NullAway.Init")
  RawServer socketServer;

  final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

  @BeforeParameterizedClassInvocation
  void openTheHostsAndThePolicy() {
    granted = mesh.outside();
    notGranted = mesh.elsewhere();
    dns = new DnsServer(granted);
    PretendAuthority authority = mesh.internet().authority();
    hosts = new PretendInternet(authority);
    forbidden = new PretendInternet(authority);
    http = Layout.freePort(granted);
    https = Layout.freePort(granted);
    hosts
        .plain(granted, http)
        .secured(
            granted,
            https,
            authority.issue(
                VALID,
                "one.granted.test",
                "*.deep.granted.test",
                "one.upgraded.test",
                "*.deep.upgraded.test"));
    forbidden
        .plain(notGranted, http)
        .secured(
            notGranted,
            https,
            authority.issue(VALID, "moved.granted.test", "private.granted.test"));
    socketServer = new RawServer(granted, this::webSocket);
    mesh.documents()
        .replaceInMesh(
            "  dns:\n    hostAliases:\n",
            "  dns:\n    resolvers: [\"%s\"]\n    hostAliases:\n      - {ip: \"%s\", hostnames: [%s]}\n"
                .formatted(dns.address(), granted, "alias.public.test, alias.granted.test"));
    for (String name : new String[] {"one", "two", "a.deep", "other", "exact"}) {
      dns.answer(name + ".granted.test", granted);
      dns.answer(name + ".upgraded.test", granted);
    }
    dns.answer("granted.test", granted);
    dns.answer("evilgranted.test", granted);
    dns.answer("exact.public.test", granted);
    mesh.documents().write("policy.yaml", policy());
    awaitStatus(mesh.sleepAApplication(), "one.granted.test", 200);
  }

  @Override
  int httpPort() {
    return http;
  }

  String policy() {
    return Documents.ownPolicy("wildcards", destinations())
        + """
            - from: [{namespace: default}]
              to:
                - hosts: [exact.public.test]
                  port: {number: %1$d, protocol: HTTP}
                  byEgressGateway: {port: 80}
        """
            .formatted(http);
  }

  private String destinations() {
    return """
    - hosts: ["*.granted.test"]
      port: {number: %1$d, protocol: HTTP}
      byEgressGateway: {port: 80}
      resolvedAddresses: [%3$s]
      timeouts: {connect: 500ms}
    - hosts: ["*.read.test"]
      port: {number: %1$d, protocol: HTTP}
      byEgressGateway: {port: 80}
      resolvedAddresses: [%3$s]
      http: [{methods: [GET]}]
    - hosts: ["*.socket.test"]
      port: {number: %4$d, protocol: HTTP}
      byEgressGateway: {port: 80}
      resolvedAddresses: [%3$s]
      websocket: true
    - hosts: ["*.public.test"]
      port: {number: %1$d, protocol: HTTP}
      byEgressGateway: {port: 80}
    - hosts: ["*.upgraded.test"]
      port: {number: %1$d, protocol: HTTP}
      byEgressGateway: {port: 80}
      httpsUpgrade: {enabled: true, port: %2$d}
      resolvedAddresses: [%3$s]
    - hosts: ["*.granted.test"]
      port: {number: %2$d, protocol: HTTPS}
      byEgressGateway: {port: 444}
      resolvedAddresses: [%3$s]
    """
        .formatted(http, https, granted + "/32", socketServer.port());
  }

  @AfterEach
  void nobodyReachedTheForbidden() {
    assertThat(forbidden.requests()).isZero();
  }

  @AfterParameterizedClassInvocation
  void closeTheHosts() {
    dns.close();
    hosts.close();
    forbidden.close();
    socketServer.close();
    heads.clear();
  }

  private void webSocket(Socket socket) throws IOException {
    heads.add(RawServer.head(socket.getInputStream()));
    socket
        .getOutputStream()
        .write(
            ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    socket.getInputStream().transferTo(socket.getOutputStream());
  }

  Answer tls(String host) {
    return mesh.sleepAApplication()
        .https(applicationTls().getSocketFactory(), host, https, "/anything");
  }

  JsonObject unanswered(String host) {
    int logged = mesh.gateway().accessLog().size();
    String path = unique("/anything");
    Answer answer = get(mesh.sleepAApplication(), host, path);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
    return mesh.gateway().awaitLog(path, logged, entry -> text(entry, "path").equals(path));
  }

  /// Past the sidecar, as a proxy with that certificate.
  Answer atGateway(String proxy, String host) {
    GatewayClient client = GatewayClient.of(mesh.bootstrap(proxy));
    InetSocketAddress port =
        new InetSocketAddress(mesh.layout().gateway(), mesh.layout().gatewayHttp());
    try (Socket socket = client.dial(port, Optional.empty())) {
      return RawHttp.exchange(
          socket, "GET /anything HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }
}
