package io.sallyport.status;

import static io.sallyport.mesh.DocumentState.Form.LAST_VALID;
import static io.sallyport.mesh.DocumentState.Form.NEWEST;
import static io.sallyport.mesh.DocumentState.Form.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.HandClock;
import io.sallyport.identity.WorkloadSecrets;
import io.sallyport.mesh.DocumentState;
import io.sallyport.policy.problem.Problem;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.SecretSource;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import io.sallyport.status.PolicyStatus.State;
import io.sallyport.status.ProxyStatus.Progress;
import io.sallyport.status.ProxyStatus.Refusal;
import io.sallyport.xds.ProxyId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusBoardTest {
  private static final ProxyId SLEEP = new ProxyId("sidecar", "mytest", "sleep-a");
  private static final ProxyId GATEWAY = new ProxyId("egress-gateway", "istio-egress", "gateway-0");

  private final HandClock clock = new HandClock();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, Instant> renewals = new HashMap<>();
  private final List<Problem> beyond = new ArrayList<>();
  private final StatusBoard board =
      new StatusBoard(clock, new Metrics(registry), () -> renewals, _ -> beyond);

  private void link(List<DocumentState> states, Problem... problems) {
    board.linked(Mesh.linked(states, problems), clock.instant(), Duration.ofMillis(3));
  }

  private Snapshot assign(ProxyId proxy, VersionedResource... resources) {
    Snapshot snapshot = Snapshot.of(Arrays.asList(resources));
    board.assigned(proxy, snapshot, clock.instant());
    return snapshot;
  }

  private void connect(long stream, ProxyId proxy) {
    board.connected(stream, proxy, "incremental", "envoy/1.40.0");
  }

  private void accept(long stream, VersionedResource resource) {
    board.accepted(stream, resource.type(), List.of(resource), List.of());
  }

  private void tick(long millis) {
    clock.advance(Duration.ofMillis(millis));
  }

  private PolicyStatus policy(String name) {
    return board.mesh().policies().stream()
        .filter(policy -> policy.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private ProxyStatus proxy(ProxyId id) {
    return board.proxies().proxies().stream()
        .filter(status -> status.proxy().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private Progress progress(ProxyId id, ResourceType type) {
    return proxy(id).types().get(type.ordinal()).progress();
  }

  private static VersionedResource listener(String content, String... policies) {
    return Mesh.resource(ResourceType.LISTENER, "egress_443", content, policies);
  }

  private static VersionedResource route(String name, String content, String... policies) {
    return Mesh.resource(ResourceType.ROUTE, name, content, policies);
  }

  @Test
  void aProxyIsPendingUntilItHasAcknowledged() {
    VersionedResource listener = listener("1", "httpbin");
    tick(5);
    connect(1, GATEWAY);
    Snapshot snapshot = assign(GATEWAY, listener);
    ProxyStatus status = proxy(GATEWAY);
    assertThat(status.since()).isEqualTo(clock.instant());
    assertThat(status.userAgent()).isEqualTo("envoy/1.40.0");
    assertThat(status.encoding()).isEqualTo("incremental");
    assertThat(status.certificate()).isEmpty();
    assertThat(progress(GATEWAY, ResourceType.LISTENER)).isEqualTo(Progress.PENDING);
    assertThat(progress(GATEWAY, ResourceType.CLUSTER)).isEqualTo(Progress.NONE);
    board.sent(1, ResourceType.LISTENER, List.of(listener), List.of(), 100);
    assertThat(progress(GATEWAY, ResourceType.LISTENER)).isEqualTo(Progress.PENDING);
    accept(1, listener);
    assertThat(progress(GATEWAY, ResourceType.LISTENER)).isEqualTo(Progress.SYNCED);
    board.synced(1, snapshot);
    assertThat(progress(GATEWAY, ResourceType.LISTENER)).isEqualTo(Progress.SYNCED);
    board.disconnected(1, "gone");
    assertThat(board.proxies().proxies()).isEmpty();
  }

  @Test
  void proxiesAreSortedAndASecondStreamIsShown() {
    connect(3, SLEEP);
    connect(2, GATEWAY);
    tick(1);
    connect(1, SLEEP);
    assertThat(board.proxies().proxies())
        .extracting(ProxyStatus::proxy)
        .containsExactly(GATEWAY, SLEEP, SLEEP);
    board.disconnected(3, "timed out");
    assertThat(board.proxies().proxies())
        .extracting(ProxyStatus::proxy)
        .containsExactly(GATEWAY, SLEEP);
  }

  @Test
  void aPolicyIsInForceOnceEveryProxyThatItConcernsHasAcknowledged() {
    link(List.of(Mesh.policy("httpbin", NEWEST, "gw")));
    assertThat(policy("httpbin").state()).isEqualTo(State.NO_PROXY);
    connect(1, GATEWAY);
    connect(2, SLEEP);
    connect(3, new ProxyId("sidecar", "mytest", "other"));
    assign(GATEWAY);
    assign(SLEEP);
    VersionedResource onGateway = listener("1", "httpbin");
    VersionedResource onSidecar = route("80", "1", "httpbin");
    Snapshot gateway = assign(GATEWAY, onGateway);
    Snapshot sidecar = assign(SLEEP, onSidecar);
    tick(20);
    accept(1, onGateway);
    board.synced(1, gateway);
    PolicyStatus half = policy("httpbin");
    assertThat(half.state()).isEqualTo(State.PENDING);
    assertThat(half.proxies()).isEqualTo(2);
    assertThat(half.synced()).isEqualTo(1);
    assertThat(half.since()).isEmpty();
    tick(11);
    accept(2, onSidecar);
    board.synced(2, sidecar);
    Instant since = clock.instant();
    PolicyStatus whole = policy("httpbin");
    assertThat(whole.state()).isEqualTo(State.IN_FORCE);
    assertThat(whole.synced()).isEqualTo(2);
    assertThat(whole.since()).hasValue(since);
    assertThat(whole.changeToAckMillis()).hasValue(31L);
    assertThat(whole.place()).hasValue("egress/httpbin.yaml:1:1");
    assertThat(registry.scrape())
        .contains("sallyport_change_to_ack_seconds_count 2")
        .contains("sallyport_proxies_connected 3.0");
    tick(60_000);
    connect(4, new ProxyId("sidecar", "mytest", "late"));
    Snapshot late = assign(new ProxyId("sidecar", "mytest", "late"), onSidecar);
    assertThat(policy("httpbin").state()).isEqualTo(State.PENDING);
    accept(4, onSidecar);
    board.synced(4, late);
    PolicyStatus later = policy("httpbin");
    assertThat(later.state()).isEqualTo(State.IN_FORCE);
    assertThat(later.proxies()).isEqualTo(3);
    assertThat(later.since()).as("a new proxy is no change").hasValue(since);
    assertThat(later.changeToAckMillis()).hasValue(31L);
    assertThat(registry.scrape()).contains("sallyport_change_to_ack_seconds_count 2");
  }

  @Test
  void aNewFormIsPendingUntilItIsAcknowledgedAgain() {
    link(List.of(Mesh.policy("httpbin", NEWEST, "gw")));
    connect(1, GATEWAY);
    board.synced(1, assign(GATEWAY, listener("1", "httpbin")));
    Instant formSince = clock.instant();
    tick(1000);
    link(List.of(Mesh.policy("httpbin", NEWEST, "gw")));
    assertThat(policy("httpbin").formSince()).hasValue(formSince);
    link(List.of(Mesh.policy("httpbin", NEWEST, "other")));
    assertThat(policy("httpbin").formSince()).hasValue(clock.instant());
    VersionedResource changed = listener("2", "httpbin");
    assign(GATEWAY, changed);
    assertThat(policy("httpbin").state()).isEqualTo(State.PENDING);
    tick(7);
    accept(1, changed);
    assertThat(policy("httpbin").state()).isEqualTo(State.IN_FORCE);
    assertThat(policy("httpbin").changeToAckMillis()).hasValue(7L);
  }

  @Test
  void aRefusalIsPinnedOnItsPolicyAndTheOthersGoOn() {
    link(List.of(Mesh.policy("httpbin", NEWEST, "gw"), Mesh.policy("legacy", NEWEST, "gw")));
    connect(1, GATEWAY);
    VersionedResource first = listener("1", "legacy");
    board.synced(1, assign(GATEWAY, first));
    accept(1, first);
    Instant lastGood = clock.instant();
    tick(1000);
    VersionedResource bad = listener("2", "legacy");
    VersionedResource good = route("80", "1", "httpbin");
    assign(GATEWAY, bad, good);
    tick(10);
    board.nacked(1, ResourceType.LISTENER, "bad \u001b[31mlistener\r\nsecond line", List.of(bad));
    accept(1, good);
    assertThat(proxy(GATEWAY).refusals())
        .containsExactly(
            new Refusal(
                ResourceType.LISTENER,
                "egress_443",
                "bad [31mlistener second line",
                clock.instant(),
                Optional.of(lastGood),
                List.of(
                    new ProxyStatus.OriginStatus(
                        "ASMEgressTrafficPolicy istio-egress/legacy",
                        "spec.to[0].port",
                        Optional.of("egress/legacy.yaml:9:5")))));
    assertThat(progress(GATEWAY, ResourceType.LISTENER)).isEqualTo(Progress.REFUSED);
    assertThat(progress(GATEWAY, ResourceType.ROUTE)).isEqualTo(Progress.SYNCED);
    assertThat(policy("legacy").state()).isEqualTo(State.REFUSED);
    assertThat(policy("legacy").refusedBy())
        .containsExactly("egress-gateway/istio-egress/gateway-0");
    assertThat(policy("legacy").synced()).isZero();
    assertThat(policy("httpbin").state()).isEqualTo(State.IN_FORCE);
    VersionedResource better = listener("3", "legacy");
    assign(GATEWAY, better, good);
    assertThat(policy("legacy").state()).isEqualTo(State.PENDING);
    assertThat(proxy(GATEWAY).refusals()).isEmpty();
    accept(1, better);
    assertThat(policy("legacy").state()).isEqualTo(State.IN_FORCE);
    assign(GATEWAY, bad, good);
    assertThat(policy("legacy").state())
        .as("the old refusal is forgotten")
        .isEqualTo(State.PENDING);
  }

  @Test
  void aRefusalThatNamesNothingIsSharedAndALongOneIsCut() {
    link(List.of(Mesh.policy("a", NEWEST, "gw"), Mesh.policy("b", NEWEST, "gw")));
    connect(1, GATEWAY);
    VersionedResource one = route("80", "1", "a");
    VersionedResource two = route("81", "1", "b");
    assign(GATEWAY, one, two);
    board.nacked(1, ResourceType.ROUTE, "x".repeat(100_000), List.of(one, two));
    assertThat(policy("a").state()).isEqualTo(State.REFUSED);
    assertThat(policy("b").state()).isEqualTo(State.REFUSED);
    assertThat(proxy(GATEWAY).refusals().getFirst().message()).hasSizeLessThan(3000);
  }

  @Test
  void anInvalidPolicySaysWhatIsInForceInstead() {
    link(List.of(Mesh.policy("httpbin", NEWEST, "gw")));
    Instant formSince = clock.instant();
    tick(5000);
    Problem problem = Mesh.problem("httpbin", "port 0 is out of range");
    link(
        List.of(Mesh.policy("httpbin", LAST_VALID, "gw"), Mesh.policy("never", NONE, "")), problem);
    PolicyStatus status = policy("httpbin");
    assertThat(status.state()).isEqualTo(State.INVALID);
    assertThat(status.form()).isEqualTo(LAST_VALID);
    assertThat(status.formSince()).hasValue(formSince);
    assertThat(status.problems()).containsExactly(ProblemStatus.of(problem));
    assertThat(policy("never").state()).isEqualTo(State.INVALID);
    assertThat(policy("never").form()).isEqualTo(NONE);
    assertThat(policy("never").formSince()).isEmpty();
    assertThat(board.mesh().problems()).hasSize(1);
    assertThat(registry.scrape()).contains("sallyport_problems{severity=\"error\"} 1.0");
  }

  @Test
  void aDeletedPolicyIsWithdrawnOnlyWhenTheProxiesHaveDroppedIt() {
    link(List.of(Mesh.policy("httpbin", NEWEST, "gw")));
    connect(1, GATEWAY);
    board.synced(1, assign(GATEWAY, listener("1", "httpbin")));
    link(List.of());
    Snapshot empty = assign(GATEWAY);
    PolicyStatus status = policy("httpbin");
    assertThat(status.state()).isEqualTo(State.WITHDRAWING);
    assertThat(status.kind()).isEqualTo("ASMEgressTrafficPolicy");
    assertThat(status.namespace()).isEqualTo("istio-egress");
    assertThat(status.proxies() - status.synced()).isEqualTo(1);
    board.accepted(1, ResourceType.LISTENER, List.of(), List.of("egress_443"));
    assertThat(board.mesh().policies()).isEmpty();
    board.synced(1, empty);
    assertThat(board.mesh().policies()).isEmpty();
  }

  @Test
  void aProxyThatComesBackWithWhatItHasIsNotPending() {
    link(List.of(Mesh.policy("httpbin", NEWEST, "gw"), Mesh.policy("legacy", NEWEST, "gw")));
    VersionedResource good = route("80", "1", "httpbin");
    VersionedResource bad = listener("1", "legacy");
    connect(1, GATEWAY);
    assign(GATEWAY, good, bad);
    board.held(1, ResourceType.ROUTE, List.of(good));
    board.nacked(1, ResourceType.LISTENER, "no", List.of(bad));
    assertThat(policy("httpbin").state()).isEqualTo(State.IN_FORCE);
    assertThat(policy("legacy").state()).isEqualTo(State.REFUSED);
  }

  @Test
  void showsTheCertificateThatTheProxyHas(@TempDir Path temporary) throws Exception {
    Path data = Files.createDirectory(temporary.resolve("data"));
    CertificateAuthority authority = CertificateAuthority.openOrCreate(data, "mesh.test", clock);
    WorkloadSecrets secrets = new WorkloadSecrets(authority, data, Duration.ofHours(1), clock);
    try (SecretSource.Lease lease = secrets.lease("mytest", "sleep", () -> {})) {
      renewals.putAll(secrets.renewals());
      VersionedResource[] resources = lease.secrets().toArray(VersionedResource[]::new);
      connect(1, SLEEP);
      board.synced(1, assign(SLEEP, resources));
    }
    ProxyStatus.Certificate certificate = proxy(SLEEP).certificate().orElseThrow();
    assertThat(certificate.identity()).isEqualTo("spiffe://mesh.test/ns/mytest/sa/sleep");
    assertThat(certificate.expires()).isEqualTo(clock.instant().plus(Duration.ofHours(1)));
    assertThat(certificate.renews())
        .hasValueSatisfying(
            renews -> assertThat(renews).isBetween(clock.instant(), certificate.expires()));
  }

  @Test
  void aSecondStreamOfAProxyDoesNotPutTheFirstBehind() {
    connect(1, SLEEP);
    VersionedResource route = route("80", "1", "httpbin");
    board.synced(1, assign(SLEEP, route));
    tick(1000);
    connect(2, SLEEP);
    board.synced(2, assign(SLEEP, route));
    tick(1000);
    VersionedResource changed = route("80", "2", "httpbin");
    Snapshot first = assign(SLEEP, changed);
    Snapshot second = assign(SLEEP, changed);
    tick(4);
    board.synced(1, first);
    board.synced(2, second);
    assertThat(registry.scrape())
        .contains("sallyport_change_to_ack_seconds_count 2")
        .contains("sallyport_change_to_ack_seconds_sum 0.008");
  }

  @Test
  void whatHappensAfterAStreamIsGoneHarmsNobody() {
    connect(1, SLEEP);
    board.disconnected(1, "gone");
    VersionedResource late = route("80", "1", "httpbin");
    accept(1, late);
    board.nacked(1, ResourceType.ROUTE, "no", List.of(late));
    board.synced(1, Snapshot.EMPTY);
    board.disconnected(1, "gone");
    assertThat(board.proxies().proxies()).isEmpty();
  }

  @Test
  void whatLinkingCannotKnowIsShownAsLongAsItIsSo() {
    Problem linked = Mesh.problem("allow", "a host twice");
    Problem missing = Mesh.problem("allow", "a file is not there");
    link(List.of(Mesh.policy("allow", NEWEST, "one")), linked);
    beyond.add(missing);
    assertThat(board.mesh().problems())
        .containsExactly(ProblemStatus.of(missing), ProblemStatus.of(linked));
    assertThat(policy("allow").problems()).hasSize(2);
    beyond.clear();
    assertThat(board.mesh().problems()).containsExactly(ProblemStatus.of(linked));
  }
}
