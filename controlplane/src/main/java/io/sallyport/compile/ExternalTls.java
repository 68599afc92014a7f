package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.sallyport.compile.filter.Extensions;
import io.sallyport.mesh.ScopeView.OutsideTls;
import io.sallyport.policy.WildcardHost;
import java.util.List;

/// TLS that a gateway starts to an outside host. The host's certificate must be signed by someone
/// whom the mesh trusts for that, and hold the host's name; the gateway shows none of its own. A
/// rule may name other signers and names, and a certificate to show; and only where it says so in
/// words is nothing verified. Where only a wildcard is known, the name is that of each request,
/// which the cluster sees to.
final class ExternalTls {
  private ExternalTls() {}

  /// @param protocols what may be spoken inside (ALPN)
  static TransportSocket client(OutsideTls tls, List<String> protocols) {
    CommonTlsContext.Builder common =
        CommonTlsContext.newBuilder()
            .setTlsParams(
                TlsParameters.newBuilder()
                    .setTlsMinimumProtocolVersion(TlsProtocol.TLSv1_2)
                    .setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_3))
            .addAllAlpnProtocols(protocols);
    tls.clientCertificate()
        .ifPresent(pair ->
            common.addTlsCertificateSdsSecretConfigs(Ads.secret(Names.clientCertificate(pair))));
    boolean wildcard = WildcardHost.isWildcard(tls.serverName());
    if (!tls.names().isEmpty()) {
      common.setCombinedValidationContext(verification(tls));
    }
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(
            Extensions.any(
                UpstreamTlsContext.newBuilder()
                    .setCommonTlsContext(common)
                    .setSni(wildcard ? "" : tls.serverName())
                    // a resumed session would not look at the host's certificate again
                    .setMaxSessionKeys(UInt32Value.of(0))
                    .build()))
        .build();
  }

  private static CombinedCertificateValidationContext verification(OutsideTls tls) {
    CertificateValidationContext.Builder names = CertificateValidationContext.newBuilder();
    for (String name :
        tls.names().stream().filter(each -> !WildcardHost.isWildcard(each)).toList()) {
      names.addMatchTypedSubjectAltNames(
          SubjectAltNameMatcher.newBuilder()
              .setSanType(SanType.DNS)
              .setMatcher(StringMatcher.newBuilder().setExact(name)));
    }
    return CombinedCertificateValidationContext.newBuilder()
        .setDefaultValidationContext(names)
        .setValidationContextSdsSecretConfig(
            Ads.secret(tls.caFile().map(Names::outsideRoots).orElse(Names.EXTERNAL_ROOTS_SECRET)))
        .build();
  }
}
