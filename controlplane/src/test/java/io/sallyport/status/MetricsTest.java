package io.sallyport.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sallyport.identity.HandClock;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.xds.ProxyId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the metrics count, as Prometheus reads it.
class MetricsTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Metrics metrics = new Metrics(registry);
  private final StatusBoard board =
      new StatusBoard(new HandClock(), metrics, Map::of, _ -> List.of());

  @Test
  void countsWhatGoesOverTheWire() {
    board.connected(1, new ProxyId("sidecar", "mytest", "sleep-a"), "incremental", "envoy/1.40.0");
    board.sent(1, ResourceType.CLUSTER, List.of(), List.of(), 1234);
    board.acked(1, ResourceType.CLUSTER);
    board.nacked(1, ResourceType.LISTENER, "no", List.of());
    board.linked(Mesh.linked(List.of()), Instant.EPOCH, Duration.ofMillis(3));
    assertThat(registry.scrape())
        .contains("sallyport_xds_pushes_total{type=\"CDS\"} 1.0")
        .contains("sallyport_xds_sent_bytes_total{type=\"CDS\"} 1234.0")
        .contains("sallyport_xds_acks_total{type=\"CDS\"} 1.0")
        .contains("sallyport_xds_nacks_total{type=\"LDS\"} 1.0")
        .contains("sallyport_link_seconds_count 1");
  }

  @Test
  void metricsOfOthersAreAskedWhenTheyAreRead() {
    metrics.filesRead(() -> 7);
    metrics.certificatesIssued(() -> 3);
    metrics.workloadCertificates(
        () -> Map.of("a", Instant.ofEpochSecond(2000), "b", Instant.ofEpochSecond(1000)));
    metrics.issuingCertificate(() -> Instant.ofEpochSecond(5000));
    System.gc();
    assertThat(registry.scrape())
        .contains("sallyport_files_read_total 7.0")
        .contains("sallyport_certificates_issued_total 3.0")
        .contains("sallyport_workload_certificate_expiry_timestamp_seconds 1000.0")
        .contains("sallyport_issuing_certificate_expiry_timestamp_seconds 5000.0");
  }
}
