package io.sallyport.identity;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.sallyport.identity.OutsideSecrets.ClientCertificate;
import io.sallyport.identity.OutsideSecrets.Given;
import io.sallyport.identity.OutsideSecrets.Roots;
import io.sallyport.identity.OutsideSecrets.Wanted;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

/// From what rules name to Envoy's secrets: nothing that Envoy would refuse comes out of it.
final class OutsideSecretFiles {
  /// A peer of BoringSSL reads no more than about a hundred kilobytes of a chain.
  private static final int LONGEST_CHAIN = 16;

  private OutsideSecretFiles() {}

  /// What differs when the secret may be another.
  static String stamp(Wanted wanted) throws IOException {
    return switch (wanted) {
      case Roots roots -> stamp(List.of(roots.file()));
      case ClientCertificate client -> stamp(List.of(client.certificate(), client.key()));
      case Given given -> given.certificate() + given.key();
    };
  }

  private static String stamp(List<Path> files) throws IOException {
    StringBuilder stamp = new StringBuilder();
    for (Path file : files) {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      stamp
          .append(attributes.size())
          .append(' ')
          .append(attributes.lastModifiedTime())
          .append(' ')
          .append(attributes.fileKey())
          .append('\n');
    }
    return stamp.toString();
  }

  /// The secret.
  ///
  /// @throws GeneralSecurityException where a file is no PEM, or the parts do not fit together
  static VersionedResource read(Wanted wanted) throws IOException, GeneralSecurityException {
    Secret.Builder secret = Secret.newBuilder().setName(wanted.name());
    switch (wanted) {
      case Roots roots ->
          secret.setValidationContext(
              CertificateValidationContext.newBuilder()
                  .setTrustedCa(
                      inline(Pem.of(PemFiles.certificates(PemFiles.read(roots.file()))))));
      case ClientCertificate client ->
          secret.setTlsCertificate(
              pair(PemFiles.read(client.certificate()), PemFiles.read(client.key())));
      case Given given ->
          secret.setTlsCertificate(pair(ascii(given.certificate()), ascii(given.key())));
    }
    return VersionedResource.of(ResourceType.SECRET, wanted.name(), secret.build(), List.of());
  }

  private static byte[] ascii(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }

  private static TlsCertificate pair(byte[] certificate, byte[] key)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = PemFiles.certificates(certificate);
    if (chain.size() > LONGEST_CHAIN) {
      throw new GeneralSecurityException(
          "%d certificates, expected the client's own and those that signed it, at most %d"
              .formatted(chain.size(), LONGEST_CHAIN));
    }
    CertifiedKey pair = new CertifiedKey(chain, PemFiles.key(key));
    if (!pair.belongTogether()) {
      throw new GeneralSecurityException("the key is not the certificate's");
    }
    return TlsCertificate.newBuilder()
        .setCertificateChain(inline(Pem.of(pair.chain())))
        .setPrivateKey(inline(Pem.of(pair.key())))
        .build();
  }

  private static DataSource inline(String text) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
  }
}
