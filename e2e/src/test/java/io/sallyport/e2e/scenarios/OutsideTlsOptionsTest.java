package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.e2e.harness.PretendAuthority.Credential;
import io.sallyport.identity.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS that the gateway starts, as rules ask for it.
class OutsideTlsOptionsTest extends BackendScenario {
  private static final String CLIENT =
      "tls: {clientCertificate: {certificateFile: client.crt, keyFile: client.key}}";

  private static final String SECRET = "tls: {clientCertificate: {secretRef: {name: bank-client}}}";

  private final List<RawServer> servers = new ArrayList<>();
  private OutsidePolicy policy = new OutsidePolicy();
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final PretendAuthority partner = new PretendAuthority("partner");

  /// What the server of a host saw of the last connection.
  private record Seen(String serverName, BigInteger clientSerial) {}

  @BeforeParameterizedClassInvocation
  void openTheHostsAndThePolicy() {
    mesh.documents().write("partner-ca.crt", Pem.of(List.of(partner.certificate())));
    destination("plain.test", trusted("plain.test"), false, "name: plain");
    destination("own-ca.test", byPartner("own-ca.test"), false, "tls: {caFile: partner-ca.crt}");
    destination("mesh-ca.test", trusted("mesh-ca.test"), false, "tls: {caFile: partner-ca.crt}");
    destination("no-ca.test", byPartner("no-ca.test"), false, "tls: {caFile: not-there.crt}");
    destination(
        "renamed.test",
        trusted("front.test"),
        false,
        "tls: {sni: asked.test, subjectAltNames: [back.test, front.test]}");
    destination("misnamed.test", trusted("front.test"), false, "tls: {sni: front.test}");
    destination(
        "anyone.test",
        PretendAuthority.selfSigned(VALID, "x.test"),
        false,
        "tls: {insecureSkipVerify: true}");
    destination("client.test", trusted("client.test"), true, CLIENT);
    destination("secret.test", trusted("secret.test"), true, SECRET);
    destination("nobody.test", trusted("nobody.test"), true, "name: nobody");
    BigInteger first = newPair();
    policy.apply(mesh);
    awaitStatus(mesh.sleepAApplication(), "plain.test", 200);
    awaitStatus(mesh.sleepAApplication(), "client.test", 200);
    assertThat(seen("client.test").clientSerial()).isEqualTo(first);
  }

  @AfterParameterizedClassInvocation
  void closeTheHosts() {
    servers.forEach(RawServer::close);
    servers.clear();
    seen.clear();
    policy = new OutsidePolicy();
  }

  private Credential trusted(String name) {
    return mesh.internet().authority().issue(VALID, name);
  }

  private Credential byPartner(String name) {
    return partner.issue(VALID, name);
  }

  /// Writes another certificate for the gateway to show.
  private BigInteger newPair() {
    Credential pair = trusted("gateway.client");
    mesh.documents().write("client.crt", Pem.of(pair.chain()));
    mesh.documents().write("client.key", Pem.of(pair.keys().getPrivate()));
    return pair.chain().getFirst().getSerialNumber();
  }

  /// Writes another Secret for the gateway to show.
  private BigInteger newSecret() {
    Credential pair = trusted("gateway.client");
    Base64.Encoder base64 = Base64.getEncoder();
    mesh.documents()
        .write(
            "secret.yaml",
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: bank-client, namespace: istio-egress}
            type: kubernetes.io/tls
            data:
              tls.crt: %s
              tls.key: %s
            """
                .formatted(
                    base64.encodeToString(Pem.of(pair.chain()).getBytes(StandardCharsets.US_ASCII)),
                    base64.encodeToString(
                        Pem.of(pair.keys().getPrivate()).getBytes(StandardCharsets.US_ASCII))));
    return pair.chain().getFirst().getSerialNumber();
  }

  private void destination(String host, Credential shown, boolean demanding, String option) {
    SSLContext tls = shown.context(mesh.internet().authority().certificate());
    RawServer server =
        new RawServer(mesh.outside(), socket -> answer(host, tls, demanding, socket));
    servers.add(server);
    policy
        .http(
            host,
            httpPort(),
            "httpsUpgrade: {enabled: true, port: %d}".formatted(server.port()),
            option)
        .alias(mesh.outside(), host);
  }

  private void answer(String host, SSLContext tls, boolean demanding, Socket socket)
      throws IOException {
    SSLSocket secured = RawServer.secure(socket, tls, demanding);
    seen.put(
        host,
        new Seen(
            RawServer.serverName(secured),
            demanding
                ? ((X509Certificate) secured.getSession().getPeerCertificates()[0])
                    .getSerialNumber()
                : BigInteger.ZERO));
    RawServer.head(secured.getInputStream());
    secured
        .getOutputStream()
        .write(
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
  }

  private Seen seen(String host) {
    return seen.getOrDefault(host, new Seen("nobody was there", BigInteger.ZERO));
  }

  @ParameterizedTest
  @ValueSource(strings = {"own-ca.test", "renamed.test", "anyone.test", "client.test"})
  void whatTheRuleAsksForIsConnected(String host) {
    assertThat(get(mesh.sleepAApplication(), host, "/get").status()).isEqualTo(200);
  }

  /// A rule's own authority stands in place of the mesh's; another server name is no other name to
  /// prove; a certificate that the rule does not name is not shown.
  @ParameterizedTest
  @ValueSource(strings = {"mesh-ca.test", "no-ca.test", "misnamed.test", "nobody.test"})
  void everythingElseIs503(String host) {
    assertThat(get(mesh.sleepAApplication(), host, "/get").status()).isEqualTo(503);
    assertThat(seen).doesNotContainKey(host);
  }

  @Test
  void theServerNameIsTheRules() {
    get(mesh.sleepAApplication(), "renamed.test", "/get");
    assertThat(seen("renamed.test").serverName()).isEqualTo("asked.test");
    get(mesh.sleepAApplication(), "plain.test", "/get");
    assertThat(seen("plain.test").serverName()).isEqualTo("plain.test");
  }

  @Test
  void anotherCertificateIsShownOnceItsFilesAreThere() {
    BigInteger next = newPair();
    Await.until(
        "the server sees the new certificate",
        LIMIT,
        () ->
            get(mesh.sleepAApplication(), "client.test", "/get").status() == 200
                && seen("client.test").clientSerial().equals(next));
  }

  @Test
  void aSecretIsShownOnceItIsThereAndWhenItIsAnotherOne() {
    assertThat(get(mesh.sleepAApplication(), "secret.test", "/get").status()).isEqualTo(503);
    assertThat(mesh.status()).contains("no Secret istio-egress/bank-client");
    for (int i = 0; i < 2; i++) {
      BigInteger next = newSecret();
      Await.until(
          "the server sees the certificate of the Secret",
          LIMIT,
          () ->
              get(mesh.sleepAApplication(), "secret.test", "/get").status() == 200
                  && seen("secret.test").clientSerial().equals(next));
    }
    assertThat(mesh.status()).doesNotContain("no Secret", "PRIVATE KEY", "tls.key");
  }
}
