package io.sallyport.identity;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// From an SVID to Envoy's secrets, under the names that Istio gave them. Pure.
final class SecretCompiler {
  static final String CERTIFICATE = "default";
  static final String TRUST_BUNDLE = "ROOTCA";

  private SecretCompiler() {}

  /// @return the certificate with its key, and the trust bundle
  static List<VersionedResource> compile(Svid svid, String trustBundlePem) {
    Secret certificate =
        Secret.newBuilder()
            .setName(CERTIFICATE)
            .setTlsCertificate(
                TlsCertificate.newBuilder()
                    .setCertificateChain(inline(Pem.of(svid.chain())))
                    .setPrivateKey(inline(Pem.of(svid.key()))))
            .build();
    Secret bundle =
        Secret.newBuilder()
            .setName(TRUST_BUNDLE)
            .setValidationContext(
                CertificateValidationContext.newBuilder().setTrustedCa(inline(trustBundlePem)))
            .build();
    return List.of(
        VersionedResource.of(ResourceType.SECRET, CERTIFICATE, certificate, List.of()),
        VersionedResource.of(ResourceType.SECRET, TRUST_BUNDLE, bundle, List.of()));
  }

  private static DataSource inline(String text) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
  }
}
