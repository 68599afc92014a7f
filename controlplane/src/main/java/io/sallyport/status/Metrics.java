package io.sallyport.status;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.snapshot.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What is counted and timed, under names that Prometheus turns into `sallyport_…`: counters end in
/// `_total`, times are in seconds, sizes in bytes. Thread-safe.
public final class Metrics {
  private static final Duration[] LATENCIES =
      Stream.of(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final AtomicInteger connected = new AtomicInteger();
  private final Map<Severity, AtomicInteger> problems = new EnumMap<>(Severity.class);
  private final Map<ResourceType, Counter> pushes;
  private final Map<ResourceType, Counter> acks;
  private final Map<ResourceType, Counter> nacks;
  private final Map<ResourceType, Counter> bytes;
  private final Timer compile;
  private final Timer link;
  private final Timer changeToAck;

  /// What the registry only refers to weakly.
  private final List<Object> kept = new CopyOnWriteArrayList<>();

  /// @param registry where to register; it is not asked for anything else
  public Metrics(MeterRegistry registry) {
    this.registry = registry;
    gauge("sallyport.proxies.connected", "streams of proxies that are open", connected::get)
        .register(registry);
    for (Severity severity : Severity.values()) {
      AtomicInteger count = new AtomicInteger();
      problems.put(severity, count);
      gauge("sallyport.problems", "what users should know of their documents", count::get)
          .tag("severity", severity.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    pushes = byType("sallyport.xds.pushes", "updates sent", "");
    acks = byType("sallyport.xds.acks", "updates accepted by a proxy", "");
    nacks = byType("sallyport.xds.nacks", "responses refused by a proxy", "");
    bytes = byType("sallyport.xds.sent", "size of the responses sent", "bytes");
    compile = timer("sallyport.compile", "compiling what one scope may see");
    link = timer("sallyport.link", "linking all documents");
    changeToAck =
        timer("sallyport.change.to.ack", "from a change to its acknowledgement by one proxy");
  }

  /// How often the sources opened a file.
  public void filesRead(LongSupplier count) {
    counter("sallyport.files.read", "how often a file was opened", count);
  }

  /// How many certificates were issued for workloads.
  public void certificatesIssued(LongSupplier count) {
    counter("sallyport.certificates.issued", "certificates issued for workloads", count);
  }

  /// When the first of the workloads' certificates in use ends; `NaN` while there is none.
  ///
  /// @param expiries by SPIFFE ID
  public void workloadCertificates(Supplier<? extends Map<String, Instant>> expiries) {
    expiry(
        "sallyport.workload.certificate.expiry.timestamp",
        "when the first of the certificates in use ends",
        () -> expiries.get().values());
  }

  /// When the issuing certificate ends.
  public void issuingCertificate(Supplier<Instant> expiry) {
    expiry(
        "sallyport.issuing.certificate.expiry.timestamp",
        "when the issuing certificate ends",
        () -> List.of(expiry.get()));
  }

  void connected(int streams) {
    connected.set(streams);
  }

  void linked(Duration took, List<Problem> found) {
    link.record(took);
    Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
    found.forEach(problem -> counts.merge(problem.severity(), 1, Integer::sum));
    problems.forEach((severity, count) -> count.set(counts.getOrDefault(severity, 0)));
  }

  void compiled(Duration took) {
    compile.record(took);
  }

  void sent(ResourceType type, long size) {
    of(pushes, type).increment();
    of(bytes, type).increment(size);
  }

  void acked(ResourceType type) {
    of(acks, type).increment();
  }

  void nacked(ResourceType type) {
    of(nacks, type).increment();
  }

  void changeToAck(Duration took) {
    changeToAck.record(took);
  }

  private Map<ResourceType, Counter> byType(String name, String description, String unit) {
    Map<ResourceType, Counter> counters = new EnumMap<>(ResourceType.class);
    for (ResourceType type : ResourceType.values()) {
      Counter.Builder counter =
          Counter.builder(name).description(description).tag("type", type.shortName());
      counters.put(type, (unit.isEmpty() ? counter : counter.baseUnit(unit)).register(registry));
    }
    return counters;
  }

  private static Counter of(Map<ResourceType, Counter> counters, ResourceType type) {
    return Objects.requireNonNull(counters.get(type));
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(LATENCIES)
        .register(registry);
  }

  private static Gauge.Builder<Supplier<Number>> gauge(
      String name, String description, Supplier<Number> value) {
    return Gauge.builder(name, value).description(description).strongReference(true);
  }

  private void counter(String name, String description, LongSupplier count) {
    kept.add(count);
    FunctionCounter.builder(name, count, LongSupplier::getAsLong)
        .description(description)
        .register(registry);
  }

  private void expiry(
      String name, String description, Supplier<? extends Collection<Instant>> expiries) {
    Supplier<Number> first =
        () ->
            expiries.get().stream()
                .min(Instant::compareTo)
                .map(expiry -> (Number) expiry.getEpochSecond())
                .orElse(Double.NaN);
    TimeGauge.builder(name, first, TimeUnit.SECONDS)
        .description(description)
        .strongReference(true)
        .register(registry);
  }
}
