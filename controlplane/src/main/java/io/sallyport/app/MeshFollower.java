package io.sallyport.app;

import io.sallyport.bootstrap.KnownWorkloads;
import io.sallyport.compile.Names;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.ExternalRoots;
import io.sallyport.identity.OutsideSecrets;
import io.sallyport.identity.WorkloadSecrets;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.OutsideFiles;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Outside.ClientCertificate;
import io.sallyport.policy.ResourceKey;
import io.sallyport.reconcile.ReconcileEvents;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries what the documents say to the parts that are not fed by the reconciler: how long
/// certificates live, who may sign those of outside hosts, which files rules name for TLS to them,
/// and which workloads `sallyport bootstrap` may know of.
final class MeshFollower implements ReconcileEvents {
  private static final Logger log = LoggerFactory.getLogger(MeshFollower.class);

  private final CertificateAuthority authority;
  private final WorkloadSecrets secrets;
  private final ExternalRoots externalRoots;
  private final OutsideSecrets outsideSecrets;
  private final KnownWorkloads workloads;

  MeshFollower(
      CertificateAuthority authority,
      WorkloadSecrets secrets,
      ExternalRoots externalRoots,
      OutsideSecrets outsideSecrets,
      KnownWorkloads workloads) {
    this.authority = authority;
    this.secrets = secrets;
    this.externalRoots = externalRoots;
    this.outsideSecrets = outsideSecrets;
    this.workloads = workloads;
  }

  @Override
  public void linked(Linked linked, Instant received, Duration took) {
    MeshModel model = linked.model();
    if (!model.config().trustDomain().equals(authority.trustDomain())) {
      log.error(
          "MeshConfig names trust domain '{}', the authority's is '{}': proxies are refused until"
              + " they agree",
          model.config().trustDomain(),
          authority.trustDomain());
    }
    secrets.lifetime(model.config().certificates().workloadLifetime());
    MeshConfig.ExternalTrust trust = model.config().externalTrust();
    externalRoots.trust(
        trust.systemRoots(),
        trust.caFiles().stream().map(file -> besideTheConfig(linked).resolve(file)).toList());
    outsideSecrets.follow(wanted(model));
    workloads.write(known(linked));
  }

  /// One secret a file, pair of files or Secret, whoever names it.
  private static List<OutsideSecrets.Wanted> wanted(MeshModel model) {
    SortedMap<String, OutsideSecrets.Wanted> wanted = new TreeMap<>();
    for (OutsideFiles each : model.outsideFiles()) {
      Set<OutsideSecrets.Account> readers =
          each.readers().stream()
              .map(account -> new OutsideSecrets.Account(account.namespace(), account.name()))
              .collect(Collectors.toSet());
      each.tls()
          .caFile()
          .map(file -> new OutsideSecrets.Roots(Names.outsideRoots(file), Path.of(file), readers))
          .ifPresent(roots -> wanted.merge(roots.name(), roots, OutsideSecrets.Wanted::with));
      each.tls()
          .clientCertificate()
          .flatMap(certificate -> wanted(model, certificate, readers))
          .ifPresent(client -> wanted.merge(client.name(), client, OutsideSecrets.Wanted::with));
    }
    return List.copyOf(wanted.values());
  }

  private static Optional<OutsideSecrets.Wanted> wanted(
      MeshModel model, ClientCertificate certificate, Set<OutsideSecrets.Account> readers) {
    String name = Names.clientCertificate(certificate);
    return switch (certificate) {
      case ClientCertificate.Files(String chain, String key) ->
          Optional.of(
              new OutsideSecrets.ClientCertificate(name, Path.of(chain), Path.of(key), readers));
      case ClientCertificate.SecretRef ref ->
          model
              .secret(ref)
              .map(secret ->
                  new OutsideSecrets.Given(
                      name, secret.certificate(), secret.privateKey(), readers));
    };
  }

  /// The directory of the document that is the mesh's configuration.
  private static Path besideTheConfig(Linked linked) {
    return linked.documents().values().stream()
        .filter(state -> state.key().kind() == Kind.MESH_CONFIG)
        .flatMap(state -> state.inForce().stream())
        .flatMap(document -> document.position(FieldPath.ROOT).stream())
        .map(position -> Path.of(position.file()).toAbsolutePath().resolveSibling("."))
        .findFirst()
        .orElse(Path.of("").toAbsolutePath());
  }

  private static List<KnownWorkloads.Known> known(Linked linked) {
    return linked.documents().keySet().stream()
        .filter(key -> key.kind() == Kind.WORKLOAD_ENTRY)
        .map(key -> known(linked.model(), key))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<KnownWorkloads.Known> known(MeshModel model, ResourceKey key) {
    return model
        .workload(key.namespace(), key.name())
        .map(workload ->
            new KnownWorkloads.Known(
                key.namespace(),
                key.name(),
                workload.serviceAccount(),
                ProxyName.word(workload.proxyKind())));
  }
}
