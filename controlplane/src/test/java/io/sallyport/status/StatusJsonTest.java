package io.sallyport.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParseException;
import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.xds.ProxyId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusJsonTest {
  private static final Instant NOW = Instant.parse("2030-06-01T12:00:00.123Z");

  @Test
  void aReportOfProxiesSurvivesTheWayThroughJson() {
    ProxyStatus.Refusal refusal =
        new ProxyStatus.Refusal(
            ResourceType.LISTENER,
            "egress_443",
            "<no> & \"never\"",
            NOW,
            Optional.empty(),
            List.of(new ProxyStatus.OriginStatus("a", "b", Optional.of("c:1:2"))));
    ProxyReport report =
        new ProxyReport(
            NOW,
            List.of(
                new ProxyStatus(
                    new ProxyId("sidecar", "mytest", "sleep-a"),
                    "envoy",
                    "sotw",
                    NOW,
                    List.of(
                        new ProxyStatus.TypeStatus(
                            ResourceType.LISTENER, ProxyStatus.Progress.REFUSED, 1)),
                    List.of(refusal),
                    Optional.of(new ProxyStatus.Certificate("id", NOW, Optional.of(NOW))))));
    String json = StatusJson.write(report);
    assertThat(json).contains("\"type\": \"LDS\"", "\"progress\": \"refused\"", "<no> &");
    assertThat(StatusJson.read(json, ProxyReport.class)).isEqualTo(report);
  }

  @Test
  void aReportOfPoliciesSurvivesTheWayThroughJson() {
    MeshReport report =
        new MeshReport(
            NOW,
            List.of(
                new PolicyStatus(
                    "ASMEgressTrafficPolicy",
                    "istio-egress",
                    "httpbin",
                    Optional.of("a.yaml:1:1"),
                    PolicyStatus.State.NO_PROXY,
                    Form.LAST_VALID,
                    Optional.of(NOW),
                    2,
                    1,
                    Optional.empty(),
                    Optional.of(31L),
                    List.of("sidecar/mytest/sleep-a"),
                    List.of(ProblemStatus.of(Mesh.problem("httpbin", "no"))))),
            List.of());
    String json = StatusJson.write(report);
    assertThat(json)
        .contains("\"state\": \"no-proxy\"", "\"form\": \"last-valid\"", "\"since\": null");
    assertThat(StatusJson.read(json, MeshReport.class)).isEqualTo(report);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "{", "{\"at\": \"yesterday\"}", "{\"at\": 5}", "<html>", "{}"})
  void whatIsNoReportIsRefused(String json) {
    assertThatThrownBy(() -> StatusJson.read(json, ProxyReport.class))
        .isInstanceOf(JsonParseException.class);
  }
}
