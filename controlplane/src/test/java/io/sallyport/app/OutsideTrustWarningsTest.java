package io.sallyport.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.ExternalRoots;
import io.sallyport.identity.OutsideSecrets;
import io.sallyport.mesh.Linked;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutsideTrustWarningsTest {
  private static final String MESH =
      """
      apiVersion: mesh.sallyport.io/v1
      kind: MeshConfig
      metadata: {name: default}
      spec:
        externalTrust:
          systemRoots: false
          caFiles:
            - roots/there.crt
            - roots/not-there.crt
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: egressgateway, namespace: istio-egress}
      spec:
        gatewayClassName: sallyport-egress
        listeners: [{name: http, port: 80, protocol: HTTP}]
      """;

  /// The rule's own `tls` begins in line 13.
  private static final String RULE =
      """
      apiVersion: mesh.sallyport.io/v1
      kind: EgressTrafficPolicy
      metadata: {name: bank, namespace: istio-egress}
      spec:
        byEgressGateway: {name: egressgateway}
        egressRules:
          - from: [{namespace: mytest}]
            to:
              - name: bank
                hosts: [bank.test]
                port: {number: 80, protocol: HTTP}
                byEgressGateway: {port: 80}
                httpsUpgrade: {enabled: true, port: 443}
                tls:
                  %s
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeTheMesh() throws IOException {
    Files.writeString(folder.resolve("mesh.yaml"), MESH);
    Files.createDirectory(folder.resolve("roots"));
    Files.writeString(folder.resolve("roots/there.crt"), "No certificate");
  }

  private Linked link(String... tls) throws IOException {
    String lines = String.join("\n            ", tls);
    Files.writeString(folder.resolve("bank.yaml"), RULE.formatted(lines));
    OfflineMesh mesh = OfflineMesh.read(List.of(folder));
    assertThat(mesh.hasErrors()).as("%s", mesh.problems()).isFalse();
    return mesh.linked();
  }

  private List<String> shown(List<Problem> problems) {
    return problems.stream().map(this::shown).toList();
  }

  private String shown(Problem problem) {
    assertThat(problem.severity()).isEqualTo(Severity.WARNING);
    assertThat(problem.resource()).isPresent();
    assertThat(problem.help()).isNotEmpty();
    Position position = problem.position().orElseThrow();
    Path file = folder.toAbsolutePath().relativize(Path.of(position.file()).toAbsolutePath());
    return "%s:%d:%d %s"
        .formatted(file, position.line(), position.column(), problem.field().text());
  }

  @Test
  void whatIsMissingIsNamedWhereItIsWritten() throws IOException {
    Linked linked =
        link(
            "caFile: bank-ca.crt",
            "clientCertificate: {certificateFile: roots/there.crt, keyFile: bank.key}");
    List<Problem> found = OutsideTrustWarnings.look(linked);
    assertThat(shown(found))
        .containsExactly(
            "bank.yaml:15:21 spec.egressRules[0].to[0].tls.caFile",
            "bank.yaml:16:76 spec.egressRules[0].to[0].tls.clientCertificate.keyFile",
            "mesh.yaml:8:9 spec.externalTrust.caFiles[0]",
            "mesh.yaml:9:9 spec.externalTrust.caFiles[1]");
    assertThat(found)
        .extracting(Problem::message)
        .satisfiesExactly(
            message -> assertThat(message).contains("bank-ca.crt' is not there"),
            message -> assertThat(message).contains("bank.key' is not there"),
            message -> assertThat(message).contains("No certificate"),
            message -> assertThat(message).contains("not-there.crt' is not there"));
  }

  @Test
  void aSecretThatHoldsNoCertificateIsNamedByTheRuleThatRefersToIt() throws IOException {
    Files.writeString(
        folder.resolve("secret.yaml"),
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: client, namespace: istio-egress}
        type: kubernetes.io/tls
        stringData: {tls.crt: none, tls.key: none}
        """);
    assertThat(
            shown(OutsideTrustWarnings.look(link("clientCertificate: {secretRef: {name: client}}")))
                .getFirst())
        .startsWith("bank.yaml:15:")
        .endsWith("clientCertificate.secretRef.name");
  }

  /// What is looked at from the command line is what a control plane finds, which follows the
  /// files.
  @Test
  void aControlPlaneSaysTheSameAsLongAsItIsSo() throws IOException {
    Linked linked = link("caFile: bank-ca.crt");
    OutsideTrust trust = OutsideTrust.of(linked);
    OutsideSecrets secrets = new OutsideSecrets();
    ExternalRoots roots = new ExternalRoots();
    secrets.follow(trust.secrets());
    roots.trust(false, trust.roots());
    assertThat(OutsideTrustWarnings.of(linked, secrets.complaints(), roots.complaints()))
        .hasSize(3)
        .isEqualTo(OutsideTrustWarnings.look(linked));

    String certificate =
        CertificateAuthority.openOrCreate(
                folder.resolve("authority"), "cluster.local", InstantSource.system())
            .trustBundlePem();
    for (String file : List.of("bank-ca.crt", "roots/there.crt", "roots/not-there.crt")) {
      Files.writeString(folder.resolve(file), certificate);
    }
    secrets.refresh();
    roots.refresh();
    assertThat(OutsideTrustWarnings.of(linked, secrets.complaints(), roots.complaints())).isEmpty();
  }
}
