package io.sallyport.app;

import io.sallyport.compile.Names;
import io.sallyport.identity.OutsideSecrets;
import io.sallyport.identity.OutsideSecrets.Account;
import io.sallyport.identity.OutsideSecrets.Wanted;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.OutsideFiles;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Outside.ClientCertificate;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What documents in force name for TLS to outside hosts. Pure: no file is looked at.
///
/// @param secrets of the rules, no two of one name
/// @param roots the files of `MeshConfig`, in the order of its list
record OutsideTrust(List<Wanted> secrets, List<Path> roots) {
  OutsideTrust {
    secrets = List.copyOf(secrets);
    roots = List.copyOf(roots);
  }

  static OutsideTrust of(Linked linked) {
    Path folder = besideTheConfig(linked);
    return new OutsideTrust(
        secrets(linked.model()),
        linked.model().config().externalTrust().caFiles().stream().map(folder::resolve).toList());
  }

  /// One secret a file, pair of files or Secret, whoever names it.
  private static List<Wanted> secrets(MeshModel model) {
    SortedMap<String, Wanted> wanted = new TreeMap<>();
    for (OutsideFiles each : model.outsideFiles()) {
      Set<Account> readers =
          each.readers().stream()
              .map(account -> new Account(account.namespace(), account.name()))
              .collect(Collectors.toSet());
      each.tls()
          .caFile()
          .map(file -> new OutsideSecrets.Roots(Names.outsideRoots(file), Path.of(file), readers))
          .ifPresent(roots -> wanted.merge(roots.name(), roots, Wanted::with));
      each.tls()
          .clientCertificate()
          .flatMap(certificate -> secret(model, certificate, readers))
          .ifPresent(client -> wanted.merge(client.name(), client, Wanted::with));
    }
    return List.copyOf(wanted.values());
  }

  private static Optional<Wanted> secret(
      MeshModel model, ClientCertificate certificate, Set<Account> readers) {
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
    return config(linked).stream()
        .flatMap(document -> document.position(FieldPath.ROOT).stream())
        .map(position -> Path.of(position.file()).toAbsolutePath().resolveSibling(""))
        .findFirst()
        .orElse(Path.of("").toAbsolutePath());
  }

  /// The document that is the mesh's configuration.
  static Optional<Document> config(Linked linked) {
    return linked.documents().values().stream()
        .filter(state -> state.key().kind() == Kind.MESH_CONFIG)
        .flatMap(state -> state.inForce().stream())
        .findFirst();
  }
}
