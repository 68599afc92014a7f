package io.sallyport.status;

import io.sallyport.mesh.DocumentState;
import io.sallyport.mesh.Linked;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import io.sallyport.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// Works out the answers from a copy of what the board knows. Pure.
final class Report {
  private static final Comparator<ProxyStatus> ORDER =
      Comparator.comparing((ProxyStatus status) -> status.proxy().namespace())
          .thenComparing(status -> status.proxy().workload())
          .thenComparing(status -> status.proxy().kind())
          .thenComparing(ProxyStatus::since);

  private final Instant now;
  private final Optional<Linked> linked;
  private final Map<String, PolicyTimes.Times> times;
  private final List<Proxy> proxies;
  private final Places places;

  /// A stream of a connected proxy, and what the proxy is to have.
  record Proxy(ProxyStream stream, Snapshot wanted) {}

  Report(
      Instant now,
      Optional<Linked> linked,
      Map<String, PolicyTimes.Times> times,
      List<Proxy> proxies) {
    this.now = now;
    this.linked = linked;
    this.times = times;
    this.proxies = proxies;
    this.places = linked.map(Places::of).orElse(Places.NONE);
  }

  ProxyReport proxies(Map<String, Instant> renewals) {
    return new ProxyReport(
        now, proxies.stream().map(proxy -> proxy(proxy, renewals)).sorted(ORDER).toList());
  }

  private ProxyStatus proxy(Proxy proxy, Map<String, Instant> renewals) {
    ProxyStream stream = proxy.stream;
    List<ProxyStatus.Refusal> refusals = stream.refusals(proxy.wanted, places);
    return new ProxyStatus(
        stream.proxy,
        stream.userAgent,
        stream.encoding,
        stream.since,
        stream.types(proxy.wanted, refusals),
        refusals,
        HeldCertificate.of(stream.holdings, renewals));
  }

  /// @param beyond what else is wrong with linked documents
  MeshReport mesh(Function<Linked, List<Problem>> beyond) {
    List<Problem> found = linked.map(all -> joined(all, beyond)).orElse(List.of());
    Map<String, Enforcement> enforcements = enforcements();
    List<PolicyStatus> policies = new ArrayList<>();
    Map<ResourceKey, List<ProblemStatus>> problems = new HashMap<>();
    for (Problem problem : found) {
      problem
          .resource()
          .ifPresent(key ->
              problems.computeIfAbsent(key, _ -> new ArrayList<>()).add(ProblemStatus.of(problem)));
    }
    Set<String> known = new HashSet<>();
    linked
        .map(all -> all.documents().values())
        .orElse(List.of())
        .forEach(state -> {
          known.add(state.key().toString());
          if (isPolicy(state.key().kind())) {
            policies.add(
                policy(
                    state,
                    enforcements.getOrDefault(state.key().toString(), Enforcement.NONE),
                    problems.getOrDefault(state.key(), List.of())));
          }
        });
    enforcements.forEach((document, enforcement) -> {
      if (!known.contains(document) && enforcement.proxies > enforcement.synced) {
        policies.add(withdrawing(document, enforcement));
      }
    });
    return new MeshReport(now, policies, found.stream().map(ProblemStatus::of).toList());
  }

  private static List<Problem> joined(Linked linked, Function<Linked, List<Problem>> beyond) {
    return Stream.concat(linked.problems().stream(), beyond.apply(linked).stream())
        .sorted()
        .toList();
  }

  /// Whether documents of a kind allow or refuse something, rather than describe the mesh.
  private static boolean isPolicy(Kind kind) {
    return switch (kind) {
      case ASM_EGRESS_TRAFFIC_POLICY,
          EGRESS_TRAFFIC_POLICY,
          AUTHORIZATION_POLICY,
          REQUEST_AUTHENTICATION,
          PEER_AUTHENTICATION,
          HTTP_ROUTE ->
          true;
      case MESH_CONFIG,
          NAMESPACE,
          SECRET,
          SERVICE,
          SERVICE_ACCOUNT,
          WORKLOAD_ENTRY,
          GATEWAY,
          ISTIO_GATEWAY ->
          false;
    };
  }

  /// How the proxies stand to one document.
  private record Enforcement(int proxies, int synced, List<String> refusedBy) {
    static final Enforcement NONE = new Enforcement(0, 0, List.of());

    Enforcement with(boolean isSynced) {
      return new Enforcement(proxies + 1, synced + (isSynced ? 1 : 0), refusedBy);
    }

    Enforcement refusedBy(String proxy) {
      List<String> more = new ArrayList<>(refusedBy);
      more.add(proxy);
      return new Enforcement(proxies, synced, more);
    }
  }

  private Map<String, Enforcement> enforcements() {
    Map<String, Enforcement> enforcements = new TreeMap<>();
    for (Proxy proxy : proxies) {
      proxy
          .stream
          .documents(proxy.wanted)
          .forEach((document, synced) ->
              enforcements.merge(
                  document, Enforcement.NONE.with(synced), (before, _) -> before.with(synced)));
      Set<String> refused = new HashSet<>();
      for (ProxyStatus.Refusal refusal : proxy.stream.refusals(proxy.wanted, Places.NONE)) {
        refusal.origins().forEach(origin -> refused.add(origin.resource()));
      }
      for (String document : refused) {
        enforcements.computeIfPresent(
            document, (_, before) -> before.refusedBy(proxy.stream.proxy.toString()));
      }
    }
    return enforcements;
  }

  private PolicyStatus policy(
      DocumentState document, Enforcement enforcement, List<ProblemStatus> problems) {
    ResourceKey key = document.key();
    Optional<PolicyTimes.Times> known = Optional.ofNullable(times.get(key.toString()));
    PolicyStatus.State state = state(document.form(), enforcement);
    boolean everywhere = enforcement.proxies > 0 && enforcement.proxies == enforcement.synced;
    return new PolicyStatus(
        key.kind().kindName(),
        key.namespace(),
        key.name(),
        document.inForce().flatMap(form -> form.position(FieldPath.ROOT)).map(Position::toString),
        state,
        document.form(),
        document.inForce().flatMap(_ -> known.map(PolicyTimes.Times::formSince)),
        enforcement.proxies,
        enforcement.synced,
        everywhere ? known.flatMap(PolicyTimes.Times::acked) : Optional.empty(),
        everywhere
            ? known.flatMap(PolicyTimes.Times::changeToAck).map(Duration::toMillis)
            : Optional.empty(),
        enforcement.refusedBy,
        problems);
  }

  private static PolicyStatus.State state(DocumentState.Form form, Enforcement enforcement) {
    if (!enforcement.refusedBy.isEmpty()) {
      return PolicyStatus.State.REFUSED;
    }
    if (form != DocumentState.Form.NEWEST) {
      return PolicyStatus.State.INVALID;
    }
    if (enforcement.proxies == 0) {
      return PolicyStatus.State.NO_PROXY;
    }
    return enforcement.proxies == enforcement.synced
        ? PolicyStatus.State.IN_FORCE
        : PolicyStatus.State.PENDING;
  }

  /// A document that is gone, while some proxy still has what was made from it.
  private static PolicyStatus withdrawing(String document, Enforcement enforcement) {
    int space = document.indexOf(' ');
    int slash = document.indexOf('/', space + 1);
    return new PolicyStatus(
        document.substring(0, Math.max(space, 0)),
        slash < 0 ? "" : document.substring(space + 1, slash),
        document.substring((slash < 0 ? space : slash) + 1),
        Optional.empty(),
        PolicyStatus.State.WITHDRAWING,
        DocumentState.Form.NONE,
        Optional.empty(),
        enforcement.proxies,
        enforcement.synced,
        Optional.empty(),
        Optional.empty(),
        enforcement.refusedBy,
        List.of());
  }
}
