package io.sallyport.app;

import io.sallyport.bootstrap.KnownWorkloads;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.ExternalRoots;
import io.sallyport.identity.OutsideSecrets;
import io.sallyport.identity.WorkloadSecrets;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.MeshModel;
import io.sallyport.policy.Kind;
import io.sallyport.policy.ResourceKey;
import io.sallyport.reconcile.ReconcileEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
    OutsideTrust outside = OutsideTrust.of(linked);
    externalRoots.trust(model.config().externalTrust().systemRoots(), outside.roots());
    outsideSecrets.follow(outside.secrets());
    workloads.write(known(linked));
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
