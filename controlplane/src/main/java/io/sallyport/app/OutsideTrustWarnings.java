package io.sallyport.app;

import io.sallyport.compile.Names;
import io.sallyport.identity.Complaint;
import io.sallyport.identity.ExternalRoots;
import io.sallyport.identity.OutsideSecrets;
import io.sallyport.identity.OutsideSecrets.Wanted;
import io.sallyport.mesh.Linked;
import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Outside.ClientCertificate;
import io.sallyport.policy.Outside.Tls;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Warnings of what linking can't see: files and Secrets for TLS to outside hosts that are not
/// there or hold something else, each at the field that names it.
final class OutsideTrustWarnings {
  private static final FieldPath RULES = new FieldPath("spec.egressRules");
  private static final FieldPath CA_FILES = new FieldPath("spec.externalTrust.caFiles");

  private final Map<String, Complaint> secrets;
  private final Map<Path, Complaint> roots;
  private final List<Problem> found = new ArrayList<>();

  private OutsideTrustWarnings(Map<String, Complaint> secrets, Map<Path, Complaint> roots) {
    this.secrets = secrets;
    this.roots = roots;
  }

  /// What a running control plane has found.
  ///
  /// @param secrets complaints by the name of the secret
  /// @param roots complaints by file
  static List<Problem> of(
      Linked linked, Map<String, Complaint> secrets, Map<Path, Complaint> roots) {
    if (secrets.isEmpty() && roots.isEmpty()) {
      return List.of();
    }
    OutsideTrustWarnings warnings = new OutsideTrustWarnings(secrets, roots);
    linked.documents().values().stream()
        .flatMap(state -> state.inForce().stream())
        .filter(document -> document.resource() instanceof EgressTrafficPolicy)
        .forEach(document -> warnings.warn(document, (EgressTrafficPolicy) document.resource()));
    OutsideTrust.config(linked)
        .ifPresent(document -> warnings.warn(document, OutsideTrust.of(linked).roots()));
    return warnings.found.stream().sorted().toList();
  }

  /// What a control plane would find now.
  static List<Problem> look(Linked linked) {
    OutsideTrust trust = OutsideTrust.of(linked);
    Map<String, Complaint> secrets = new HashMap<>();
    for (Wanted wanted : trust.secrets()) {
      OutsideSecrets.check(wanted).ifPresent(why -> secrets.put(wanted.name(), why));
    }
    Map<Path, Complaint> roots = new HashMap<>();
    for (Path file : trust.roots()) {
      ExternalRoots.check(file).ifPresent(why -> roots.put(file, why));
    }
    return of(linked, secrets, roots);
  }

  private void warn(Document document, EgressTrafficPolicy policy) {
    String file = document.position(FieldPath.ROOT).map(Position::file).orElse("");
    for (int i = 0; i < policy.egressRules().size(); i++) {
      List<Destination> to = policy.egressRules().get(i).to();
      for (int j = 0; j < to.size(); j++) {
        FieldPath field = RULES.index(i).child("to").index(j).child("tls");
        Tls tls = to.get(j).outside().beside(file, document.key().namespace()).tls();
        tls.caFile()
            .map(roots -> secrets.get(Names.outsideRoots(roots)))
            .ifPresent(why -> add(document, field.child("caFile"), why));
        tls.clientCertificate()
            .ifPresent(client -> warn(document, field.child("clientCertificate"), client));
      }
    }
  }

  private void warn(Document document, FieldPath field, ClientCertificate client) {
    Complaint why = secrets.get(Names.clientCertificate(client));
    if (why != null) {
      add(
          document,
          switch (client) {
            case ClientCertificate.SecretRef _ -> field.child("secretRef").child("name");
            case ClientCertificate.Files(_, String key) ->
                field.child(
                    why.missing().equals(Optional.of(Path.of(key)))
                        ? "keyFile"
                        : "certificateFile");
          },
          why);
    }
  }

  private void warn(Document config, List<Path> files) {
    for (int i = 0; i < files.size(); i++) {
      Complaint why = roots.get(files.get(i));
      if (why != null) {
        add(config, CA_FILES.index(i), why);
      }
    }
  }

  private void add(Document document, FieldPath field, Complaint why) {
    found.add(
        new Problem(
            Severity.WARNING,
            "of no use for TLS to outside hosts: " + why.message(),
            document.position(field),
            field,
            Optional.of(document.key()),
            why.missing().isPresent()
                ? "put it there; without it, connections to hosts that need it fail"
                : "replace it; what was read before it holds until then, and without that,"
                    + " connections to hosts that need it fail",
            List.of()));
  }
}
