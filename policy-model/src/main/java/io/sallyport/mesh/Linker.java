package io.sallyport.mesh;

import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.policy.AuthorizationPolicy;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.TlsSecret;
import io.sallyport.policy.WorkloadEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The stages of linking, one after another.
final class Linker {
  private Linker() {}

  static Linked link(ResourceImage image) {
    LinkReport report = new LinkReport();
    image.findings().forEach(report::addAll);
    List<Candidate> configs = new ArrayList<>();
    List<Candidate> gatewayCandidates = new ArrayList<>();
    List<Candidate> workloads = new ArrayList<>();
    List<Candidate> policies = new ArrayList<>();
    List<Candidate> authorizationCandidates = new ArrayList<>();
    SortedMap<ResourceKey, TlsSecret> secrets = new TreeMap<>();
    for (Candidate candidate : Candidate.of(image, report)) {
      switch (candidate.key().kind()) {
        case MESH_CONFIG -> configs.add(candidate);
        case GATEWAY, ISTIO_GATEWAY -> gatewayCandidates.add(candidate);
        case WORKLOAD_ENTRY -> workloads.add(candidate);
        case ASM_EGRESS_TRAFFIC_POLICY, EGRESS_TRAFFIC_POLICY -> policies.add(candidate);
        case AUTHORIZATION_POLICY -> authorizationCandidates.add(candidate);
        case NAMESPACE -> candidate.inForce(report);
        case SECRET ->
            candidate
                .inForce(report)
                .ifPresent(
                    document -> secrets.put(document.key(), (TlsSecret) document.resource()));
        case SERVICE, SERVICE_ACCOUNT, HTTP_ROUTE, REQUEST_AUTHENTICATION, PEER_AUTHENTICATION ->
            report.state(candidate, Form.NONE, Optional.empty());
      }
    }
    MeshConfig config = config(configs, report);
    Gateways gateways = Gateways.of(gatewayCandidates, report);
    List<Document> entries =
        workloads.stream().flatMap(workload -> workload.inForce(report).stream()).toList();
    Registry registry =
        new Registry(
            entries.stream().map(entry -> (WorkloadEntry) entry.resource()).toList(), gateways);
    EgressLinker egress = new EgressLinker(gateways, image.now(), report);
    egress.link(policies);
    new RegistryWarnings(registry, report).warn(gateways, entries);
    new EgressWarnings(registry, image.now(), report).warn(egress.newestInForce());
    new SecretWarnings(secrets.keySet(), report).warn(egress.newestInForce());
    List<Document> authorizationPolicies =
        authorizationCandidates.stream()
            .flatMap(candidate -> candidate.inForce(report).stream())
            .toList();
    Authorizations authorizations =
        new Authorizations(
            config.rootNamespace(),
            authorizationPolicies.stream()
                .map(document -> (AuthorizationPolicy) document.resource())
                .toList());
    EgressRoutes routes = new EgressRoutes(egress.routes());
    new AuthorizationWarnings(gateways, registry, authorizations, report)
        .warn(authorizationPolicies);
    return report.linked(
        new MeshModel(config, gateways, registry, routes, authorizations, secrets));
  }

  /// The oldest `MeshConfig`; without one, the default.
  private static MeshConfig config(List<Candidate> candidates, LinkReport report) {
    List<Candidate> byAge = candidates.stream().sorted(Candidate.BY_AGE).toList();
    Optional<Document> kept = byAge.stream().findFirst().flatMap(first -> first.inForce(report));
    for (Candidate other : byAge.stream().skip(1).toList()) {
      report.state(other, Form.NONE, Optional.empty());
      other.forms().stream()
          .limit(1)
          .forEach(document ->
              report.add(
                  LinkReport.error(
                      document,
                      FieldPath.ROOT,
                      "a second %s".formatted(Kind.MESH_CONFIG),
                      "a mesh has one; delete one of them",
                      kept.stream()
                          .map(first ->
                              new LinkReport.Place(
                                  first, FieldPath.ROOT, "kept: the older document"))
                          .toArray(LinkReport.Place[]::new))));
    }
    return kept.map(document -> (MeshConfig) document.resource()).orElse(MeshConfig.DEFAULT);
  }
}
