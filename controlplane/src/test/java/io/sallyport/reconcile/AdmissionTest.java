package io.sallyport.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.xds.Admission;
import io.sallyport.xds.Admission.PeerCertificate;
import io.sallyport.xds.ProxyId;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
  private static final String SLEEP = "sidecar~mytest~sleep";

  private final ControlPlaneFixture plane = new ControlPlaneFixture();

  @BeforeEach
  void mesh() {
    plane.apply(Mesh.whole());
  }

  private static PeerCertificate account(String namespace, String serviceAccount) {
    return new PeerCertificate("cluster.local", namespace, serviceAccount, Optional.empty());
  }

  private static PeerCertificate workload(String namespace, String workload) {
    return new PeerCertificate("cluster.local", namespace, "any", Optional.of(workload));
  }

  private Admission.Decision admit(
      PeerCertificate peer, String nodeId, Map<String, String> metadata) {
    return plane.registry.admit(peer, new Admission.Claims(nodeId, metadata, "envoy/1.40.0"));
  }

  private String refusal(PeerCertificate peer, String nodeId) {
    return refusal(peer, nodeId, Map.of());
  }

  private String refusal(PeerCertificate peer, String nodeId, Map<String, String> metadata) {
    return switch (admit(peer, nodeId, metadata)) {
      case Admission.Refused(String reason) -> reason;
      case Admission.Decision other -> throw new AssertionError("not refused: " + other);
    };
  }

  @Test
  void aProxyIsAdmittedByItsAccountOrByItsWorkload() {
    ProxyId sleep = new ProxyId("sidecar", "mytest", "sleep");
    assertThat(admit(account("mytest", "sleep"), SLEEP, Map.of()))
        .isInstanceOfSatisfying(
            Admission.Admitted.class, admitted -> assertThat(admitted.proxy()).isEqualTo(sleep));
    assertThat(admit(workload("mytest", "sleep"), SLEEP, Map.of()))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(admit(account("istio-egress", "gw"), "egress-gateway~istio-egress~gw-0", Map.of()))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void theReasonOfARefusalNamesBothSides() {
    assertThat(
            refusal(new PeerCertificate("evil.test", "mytest", "sleep", Optional.empty()), SLEEP))
        .isEqualTo(
            "the certificate is of trust domain `evil.test`, but this mesh is `cluster.local`");
    assertThat(refusal(account("default", "sleep"), SLEEP))
        .isEqualTo(
            "the node says namespace `mytest`, but the certificate is of namespace `default`");
    assertThat(refusal(workload("mytest", "other"), SLEEP))
        .isEqualTo("the node says workload `sleep`, but the certificate is of workload `other`");
    assertThat(refusal(account("mytest", "other"), SLEEP))
        .isEqualTo(
            "the certificate is of service account `other`, but the registry says that"
                + " mytest/sleep runs as `sleep`");
    assertThat(refusal(account("mytest", "sleep"), "sidecar~mytest~ghost"))
        .isEqualTo("the node says workload `mytest/ghost`, but the registry has no such workload");
    assertThat(refusal(account("mytest", "sleep"), "egress-gateway~mytest~sleep"))
        .isEqualTo(
            "the node says egress-gateway, but the registry says that mytest/sleep is a sidecar");
    assertThat(refusal(account("istio-egress", "gw"), "sidecar~istio-egress~gw-0"))
        .isEqualTo(
            "the node says sidecar, but the registry says that istio-egress/gw-0 is a"
                + " egress-gateway");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sleep",
        "sidecar~mytest",
        "sidecar~mytest~sleep~more",
        "Sidecar~mytest~sleep",
        "sidecar~~sleep",
        "sidecar~mytest~",
        "sidecar~my_test~sleep",
        "sidecar~mytest~sleep\n",
        "sidecar~mytest~../sleep",
        "sidecar~mytest~sleep.",
        "router~mytest~sleep",
      })
  void aMalformedNodeIdIsRefused(String nodeId) {
    assertThat(refusal(account("mytest", "sleep"), nodeId))
        .startsWith("node.id is `")
        .endsWith("expected KIND~NAMESPACE~WORKLOAD, KIND being sidecar or egress-gateway")
        .doesNotContain("\n");
  }

  @Test
  void aHugeNodeIdIsRefusedWithAShortReason() {
    assertThat(refusal(account("mytest", "sleep"), "sidecar~mytest~" + "a".repeat(1_000_000)))
        .hasSizeLessThan(300);
  }

  @Test
  void aProxyChoosesWhereItListens() throws NodeMetadata.InvalidMetadataException {
    assertThat(NodeMetadata.read(Map.of())).isEqualTo(ListenOptions.DEFAULT);
    assertThat(
            NodeMetadata.read(
                Map.of(
                    "interception", "proxy-protocol",
                    "outbound", "127.0.1.1:15001",
                    "inbound", "[::1]:65535",
                    "bind", "127.0.2.9")))
        .isEqualTo(
            new ListenOptions(
                Interception.PROXY_PROTOCOL, "127.0.1.1:15001", "[::1]:65535", "127.0.2.9"));
    assertThat(NodeMetadata.read(Map.of("interception", "tproxy")).interception())
        .isEqualTo(Interception.TPROXY);
    assertThat(NodeMetadata.read(Map.of("interception", "redirect")).interception())
        .isEqualTo(Interception.REDIRECT);
  }

  @Test
  void whatAGatewayAsksForIsInItsView() {
    var decision =
        admit(
            account("istio-egress", "gw"),
            "egress-gateway~istio-egress~gw-0",
            Map.of("bind", "127.0.9.9"));

    assertThat(decision).isInstanceOf(Admission.Admitted.class);
    assertThat(plane.compiled)
        .singleElement()
        .isInstanceOfSatisfying(
            EgressGatewayView.class,
            view -> assertThat(view.scope().address()).isEqualTo("127.0.9.9"));
  }

  @ParameterizedTest
  @CsvSource({
    "interception, none, 'redirect, tproxy or proxy-protocol'",
    "outbound, localhost:15001, ADDRESS:PORT",
    "outbound, 127.0.0.1, ADDRESS:PORT",
    "outbound, 127.0.0.1:0, ADDRESS:PORT",
    "outbound, 127.0.0.1:65536, ADDRESS:PORT",
    "outbound, 127.0.0.1:080, ADDRESS:PORT",
    "outbound, ::1:15001, ADDRESS:PORT",
    "outbound, [127.0.0.1]:15001, ADDRESS:PORT",
    "inbound, :15006, ADDRESS:PORT",
    "inbound, [::1:15006, ADDRESS:PORT",
    "inbound, 127.0.0.1:-1, ADDRESS:PORT",
    "inbound, 127.0.0.1:99999999999999999999, ADDRESS:PORT",
    "bind, gateway.example, an IP address",
    "bind, 127.0.0.1:80, an IP address",
  })
  void aBadValueIsRefused(String field, String value, String expected) {
    assertThat(refusal(account("mytest", "sleep"), SLEEP, Map.of(field, value)))
        .startsWith(
            "node metadata sallyport." + field + " is `" + value + "`, expected " + expected);
  }

  @Test
  void anUnknownFieldIsRefused() {
    assertThat(refusal(account("mytest", "sleep"), SLEEP, Map.of("outbond", "127.0.0.1:1")))
        .isEqualTo("unknown node metadata sallyport.`outbond`; did you mean outbound?");
  }

  @Test
  void whatAStrangerSentIsQuotedShortAndWithoutControlCharacters() {
    String reason =
        refusal(
            account("mytest", "sleep"), SLEEP, Map.of("bind", "\r\n\u0000" + "x".repeat(9_999)));

    assertThat(reason)
        .startsWith("node metadata sallyport.bind is `\\x0d\\x0a\\x00xxx")
        .endsWith("…`, expected an IP address")
        .hasSizeLessThan(200);
  }
}
