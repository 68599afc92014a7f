package io.sallyport.bootstrap;

import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.SpiffeId;
import io.sallyport.identity.Svid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes what one proxy needs in order to start.
public final class ProxyBootstrap {
  private final CertificateAuthority authority;
  private final KnownWorkloads workloads;
  private final IssuedBootstraps issued;

  /// @param data the data directory that the authority was opened in
  public ProxyBootstrap(CertificateAuthority authority, Path data) {
    this.authority = authority;
    this.workloads = new KnownWorkloads(data);
    this.issued = new IssuedBootstraps(data);
  }

  /// What was written.
  ///
  /// @param envoyYaml the file to start Envoy with
  /// @param keptFresh whether a running control plane will replace the certificate in time
  /// @param notes what the user should know, a sentence each
  public record Written(
      Path envoyYaml, SpiffeId id, Instant expiresAt, boolean keptFresh, List<String> notes) {
    public Written {
      notes = List.copyOf(notes);
    }
  }

  /// Writes `envoy.yaml`, `tls.key`, `tls.crt` and `ca.crt`, with two small files that name them to
  /// Envoy, in place of an earlier bootstrap in the same directory. A proxy that runs from it uses
  /// the new certificate for its next connection.
  ///
  /// @throws IdentityException when the directory can't be written or holds an `envoy.yaml` of
  ///   somebody else, or when the identity can't be given
  public Written write(BootstrapRequest request) {
    List<String> notes = new ArrayList<>();
    SpiffeId id =
        new SpiffeId(authority.trustDomain(), request.namespace(), serviceAccount(request, notes));
    Svid svid = authority.issueWorkload(id, Optional.of(request.workload()), request.ttl());
    try {
      Path out = prepare(request.out());
      CredentialDirectory directory = new CredentialDirectory(out);
      EnvoyBootstrap texts =
          new EnvoyBootstrap(
              request,
              SpiffeId.controlPlane(authority.trustDomain()),
              request.mountedAt().orElse(out));
      directory.replace(svid, authority.trustBundlePem());
      directory.replace(CredentialDirectory.CERTIFICATE_SDS, texts.certificateYaml());
      directory.replace(CredentialDirectory.TRUST_SDS, texts.trustYaml());
      directory.replace(CredentialDirectory.ENVOY, texts.envoyYaml());
      boolean keptFresh = issued.record(out, svid, request.workload(), request.ttl()).isPresent();
      if (!keptFresh) {
        notes.add(
            "the directory is outside of --data, so nothing renews the certificate: run this"
                + " command again before "
                + svid.expiresAt());
      }
      return new Written(
          out.resolve(CredentialDirectory.ENVOY), id, svid.expiresAt(), keptFresh, notes);
    } catch (IOException e) {
      throw new IdentityException(
          "can't write to "
              + request.out()
              + ": "
              + e.getClass().getSimpleName()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private String serviceAccount(BootstrapRequest request, List<String> notes) {
    Optional<KnownWorkloads.Known> known = workloads.find(request.namespace(), request.workload());
    String kind = BootstrapRequest.name(request.kind());
    known
        .filter(workload -> !kind.equals(workload.kind()))
        .ifPresent(workload ->
            notes.add(
                request.namespace()
                    + "/"
                    + request.workload()
                    + " is registered as "
                    + workload.kind()
                    + ", not "
                    + kind
                    + ": the control plane will refuse this proxy"));
    if (request.serviceAccount().isPresent()) {
      String asked = request.serviceAccount().get();
      known
          .filter(workload -> !asked.equals(workload.serviceAccount()))
          .ifPresent(workload ->
              notes.add(
                  "the registry gives "
                      + request.workload()
                      + " the service account '"
                      + workload.serviceAccount()
                      + "', not '"
                      + asked
                      + "': the control plane will refuse this proxy"));
      return asked;
    }
    if (known.isPresent()) {
      return known.get().serviceAccount();
    }
    notes.add(
        "no service account given and the workload is not known yet: '"
            + request.workload()
            + "' is taken, the workload's own name");
    return request.workload();
  }

  /// Makes the directory where there is none.
  ///
  /// @return its real path
  private static Path prepare(Path out) throws IOException {
    if (!Files.isDirectory(out)) {
      Files.createDirectories(out);
    }
    Path real = out.toRealPath();
    if (Files.exists(real.resolve(CredentialDirectory.ENVOY), LinkOption.NOFOLLOW_LINKS)
        && !new CredentialDirectory(real).isOne()) {
      throw new IdentityException(
          real.resolve(CredentialDirectory.ENVOY)
              + " is there and was not written by this command: choose another --out");
    }
    return real;
  }
}
