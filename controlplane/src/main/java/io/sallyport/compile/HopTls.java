package io.sallyport.compile;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.sallyport.compile.filter.Extensions;
import java.util.List;
import java.util.SortedSet;

/// Both ends of the mutual TLS between two proxies. Each shows its SVID and checks the other's URI
/// SAN; nothing else in a certificate counts (SPIFFE X.509-SVID, section 4).
final class HopTls {
  private static final String SOCKET = "envoy.transport_sockets.tls";

  private HopTls() {}

  /// The client's end: only the given SPIFFE IDs may answer.
  ///
  /// @param serverIds not empty: an empty list would accept everyone that the trust bundle signs
  /// @param protocols what is spoken inside (ALPN); empty: the application's bytes
  static TransportSocket client(String sni, SortedSet<String> serverIds, List<String> protocols) {
    List<SubjectAltNameMatcher> servers =
        serverIds.stream()
            .map(id -> uriSan(StringMatcher.newBuilder().setExact(id).build()))
            .toList();
    return socket(
        UpstreamTlsContext.newBuilder()
            .setCommonTlsContext(common(servers).addAllAlpnProtocols(protocols))
            .setSni(sni)
            // a resumed session would not look at a renewed certificate
            .setMaxSessionKeys(UInt32Value.of(0))
            .build());
  }

  /// The server's end: a client certificate of the trust domain is required.
  ///
  /// @param protocols what may be spoken inside (ALPN); empty: the application's bytes
  static TransportSocket server(String trustDomain, List<String> protocols) {
    StringMatcher ofTrustDomain =
        StringMatcher.newBuilder().setPrefix("spiffe://" + trustDomain + "/").build();
    return socket(
        DownstreamTlsContext.newBuilder()
            .setCommonTlsContext(
                common(List.of(uriSan(ofTrustDomain))).addAllAlpnProtocols(protocols))
            .setRequireClientCertificate(BoolValue.of(true))
            // a resumed session would not check the client's certificate again
            .setDisableStatelessSessionResumption(true)
            .setDisableStatefulSessionResumption(true)
            .build());
  }

  private static CommonTlsContext.Builder common(List<SubjectAltNameMatcher> peers) {
    return CommonTlsContext.newBuilder()
        .setTlsParams(
            TlsParameters.newBuilder()
                .setTlsMinimumProtocolVersion(TlsProtocol.TLSv1_2)
                .setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_3))
        .addTlsCertificateSdsSecretConfigs(Ads.secret(Names.CERTIFICATE_SECRET))
        .setCombinedValidationContext(
            CombinedCertificateValidationContext.newBuilder()
                .setDefaultValidationContext(
                    CertificateValidationContext.newBuilder()
                        .addAllMatchTypedSubjectAltNames(peers))
                .setValidationContextSdsSecretConfig(Ads.secret(Names.TRUST_BUNDLE_SECRET)));
  }

  private static SubjectAltNameMatcher uriSan(StringMatcher matcher) {
    return SubjectAltNameMatcher.newBuilder().setSanType(SanType.URI).setMatcher(matcher).build();
  }

  private static TransportSocket socket(Message context) {
    return TransportSocket.newBuilder()
        .setName(SOCKET)
        .setTypedConfig(Extensions.any(context))
        .build();
  }
}
