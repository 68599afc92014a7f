package io.sallyport.e2e.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.e2e.harness.PretendAuthority.Credential;
import io.sallyport.identity.Pem;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// Files and Secrets of rules that hold no certificate or key of use, or very much: the gateway
/// gets none of it, `status` names each where a rule refers to it, and hosts that need nothing of
/// it are served all the while.
class HostileCertificatesTest extends BackendScenario {
  /// The reader takes documents of up to a mebibyte.
  private static final int NEARLY_A_MEGABYTE = 900_000;

  private static final String ENCRYPTED =
      """
      -----BEGIN RSA PRIVATE KEY-----
      Proc-Type: 4,ENCRYPTED
      DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF

      AAAAAAAAAAAAAAAAAAAAAA==
      -----END RSA PRIVATE KEY-----
      """;

  /// What is said of what the rule of a host refers to.
  private static final Map<String, String> COMPLAINTS =
      Map.of(
          "no-roots.test", "not-there.crt' is not there",
          "no-key.test", "not-there.key' is not there",
          "mismatched.test", "the key is not the certificate's",
          "encrypted.test", "the key is encrypted",
          "rubbish.test", "the key is not PEM",
          "long-chain.test", "certificates, expected the client's own");

  private final PretendAuthority partner = new PretendAuthority("partner");

  private Credential pair() {
    return partner.issue(VALID, "client.test");
  }

  private static String key(Credential pair) {
    return Pem.of(pair.keys().getPrivate());
  }

  private void secret(String name, String certificate, String key) {
    mesh.documents()
        .write(
            name + "-secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: "
                + name
                + ", namespace: istio-egress}\ntype: kubernetes.io/tls\nstringData:\n  tls.crt: |\n"
                + certificate.indent(4)
                + "  tls.key: |\n"
                + key.indent(4));
  }

  private static String shows(String secret) {
    return "tls: {subjectAltNames: [httpbin.org], clientCertificate: {secretRef: {name: "
        + secret
        + "}}}";
  }

  @BeforeParameterizedClassInvocation
  void openThePolicy() {
    Credential client = pair();
    String certificate = Pem.of(client.chain());
    mesh.documents().write("client.crt", certificate);
    String authority = Pem.of(List.of(mesh.internet().authority().certificate()));
    mesh.documents()
        .write(
            "many-roots.crt",
            Pem.of(List.of(partner.certificate())).repeat(NEARLY_A_MEGABYTE / certificate.length())
                + authority);
    secret("good", certificate, key(client));
    secret("mismatched", certificate, key(pair()));
    secret("encrypted", certificate, ENCRYPTED);
    secret("rubbish", certificate, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");
    secret(
        "long-chain",
        certificate.repeat(NEARLY_A_MEGABYTE / certificate.indent(4).length()),
        key(client));
    OutsidePolicy policy = new OutsidePolicy();
    upgraded(policy, "plain.test", "tls: {subjectAltNames: [httpbin.org]}");
    upgraded(policy, "good.test", shows("good"));
    upgraded(
        policy, "many-roots.test", "tls: {subjectAltNames: [httpbin.org], caFile: many-roots.crt}");
    upgraded(policy, "no-roots.test", "tls: {caFile: not-there.crt}");
    upgraded(
        policy,
        "no-key.test",
        "tls: {clientCertificate: {certificateFile: client.crt, keyFile: not-there.key}}");
    for (String name : List.of("mismatched", "encrypted", "rubbish", "long-chain")) {
      upgraded(policy, name + ".test", shows(name));
    }
    policy.apply(mesh);
    awaitStatus(mesh.sleepAApplication(), "plain.test", 200);
  }

  private void upgraded(OutsidePolicy policy, String host, String tls) {
    policy
        .alias(mesh.layout().httpbin(), host)
        .http(host, httpPort(), "httpsUpgrade: {enabled: true, port: " + httpsPort() + "}", tls);
  }

  private JsonObject policy() {
    JsonArray policies =
        JsonParser.parseString(mesh.status()).getAsJsonObject().getAsJsonArray("policies");
    return StreamSupport.stream(policies.spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .filter(policy -> text(policy, "name").equals("outside"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsOfUseIsUsedHoweverMuchItIs() {
    String gateway = mesh.gateway().instance();
    for (String host : List.of("plain.test", "good.test", "many-roots.test")) {
      awaitStatus(mesh.sleepAApplication(), host, 200);
    }
    for (String host : COMPLAINTS.keySet()) {
      assertThat(get(mesh.sleepAApplication(), host, "/get").status()).as(host).isEqualTo(503);
    }
    for (String host : List.of("plain.test", "good.test", "many-roots.test")) {
      assertThat(get(mesh.sleepAApplication(), host, "/get").status()).as(host).isEqualTo(200);
    }
    assertThat(mesh.gateway().alive()).isTrue();
    assertThat(mesh.gateway().instance()).isEqualTo(gateway);
  }

  @Test
  void statusNamesWhatIsOfNoUseWhereTheRuleRefersToIt() {
    Await.until(
        "every proxy has the policy",
        LIMIT,
        () -> text(policy(), "state").equals("in-force"),
        mesh::controlPlaneTail);
    JsonObject policy = policy();
    assertThat(policy.getAsJsonArray("refusedBy")).isEmpty();
    String warnings =
        StreamSupport.stream(policy.getAsJsonArray("problems").spliterator(), false)
            .map(JsonElement::getAsJsonObject)
            .map(problem ->
                "%s %s:%s %s"
                    .formatted(
                        text(problem, "severity"),
                        text(problem, "file"),
                        text(problem, "line"),
                        text(problem, "message")))
            .filter(line -> line.contains("of no use"))
            .sorted()
            .collect(Collectors.joining("\n"));
    assertThat(warnings.lines())
        .hasSize(COMPLAINTS.size())
        .allSatisfy(line -> assertThat(line).matches("warning .*policy.yaml:[0-9]+ .*"));
    assertThat(warnings).contains(COMPLAINTS.values()).doesNotContain("BEGIN");
  }
}
