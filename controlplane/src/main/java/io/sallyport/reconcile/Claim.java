package io.sallyport.reconcile;

import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.ProxyKind;
import io.sallyport.mesh.Workload;
import io.sallyport.policy.problem.Printable;
import io.sallyport.xds.Admission.PeerCertificate;
import java.util.Optional;

/// Whose proxy a stream says it is, by certificate and node, and what holds that against the
/// registry. The registry changes; the claim does not.
///
/// @param node whose namespace, and workload where the certificate names one, are the certificate's
record Claim(NodeId node, PeerCertificate certificate, ListenOptions listen) {
  /// Why certificate and node can't be of one proxy.
  static Optional<String> mismatch(NodeId node, PeerCertificate certificate) {
    if (!certificate.namespace().equals(node.namespace())) {
      return Optional.of(
          "the node says namespace %s, but the certificate is of namespace %s"
              .formatted(
                  Printable.quote(node.namespace()), Printable.quote(certificate.namespace())));
    }
    return certificate
        .workload()
        .filter(workload -> !workload.equals(node.workload()))
        .map(workload ->
            "the node says workload %s, but the certificate is of workload %s"
                .formatted(Printable.quote(node.workload()), Printable.quote(workload)));
  }

  /// Why the claim does not hold in this model; empty where it does.
  Optional<String> refusal(MeshModel model) {
    String trustDomain = model.config().trustDomain();
    if (!certificate.trustDomain().equals(trustDomain)) {
      return Optional.of(
          "the certificate is of trust domain %s, but this mesh is %s"
              .formatted(Printable.quote(certificate.trustDomain()), Printable.quote(trustDomain)));
    }
    Optional<Workload> workload = model.workload(node.namespace(), node.workload());
    if (workload.isEmpty()) {
      return Optional.of(
          "the node says workload %s, but the registry has no such workload"
              .formatted(Printable.quote(node.namespace() + "/" + node.workload())));
    }
    return kindRefusal(workload.get()).or(() -> accountRefusal(workload.get()));
  }

  /// What it entitles to in this model; empty where it does not hold.
  Optional<Entitlement> entitlement(MeshModel model) {
    if (refusal(model).isPresent()) {
      return Optional.empty();
    }
    return model
        .workload(node.namespace(), node.workload())
        .map(workload ->
            new Entitlement(
                new Target(model.scope(workload, listen), true), workload.serviceAccount()));
  }

  private Optional<String> kindRefusal(Workload workload) {
    ProxyKind registered = workload.proxyKind();
    return registered == node.kind()
        ? Optional.empty()
        : Optional.of(
            "the node says %s, but the registry says that %s/%s is a %s"
                .formatted(
                    NodeId.name(node.kind()),
                    node.namespace(),
                    node.workload(),
                    NodeId.name(registered)));
  }

  /// A certificate that names its workload may outlive a change of that workload's account; one
  /// that does not proves the account and nothing else.
  private Optional<String> accountRefusal(Workload workload) {
    if (certificate.workload().isPresent()
        || certificate.serviceAccount().equals(workload.serviceAccount())) {
      return Optional.empty();
    }
    return Optional.of(
        "the certificate is of service account %s, but the registry says that %s/%s runs as %s"
            .formatted(
                Printable.quote(certificate.serviceAccount()),
                node.namespace(),
                node.workload(),
                Printable.quote(workload.serviceAccount())));
  }
}
