package io.sallyport.xds;

import io.sallyport.snapshot.SnapshotFeed;
import java.util.Map;
import java.util.Optional;

/// Decides whom a stream belongs to, from its client certificate; what the node says of itself may
/// only choose among what the certificate allows.
public interface Admission {
  Decision admit(PeerCertificate peer, Claims node);

  /// The client certificate of the connection, verified by the TLS handshake.
  ///
  /// @param workload the workload that the certificate was issued for, where it names one
  record PeerCertificate(
      String trustDomain, String namespace, String serviceAccount, Optional<String> workload) {}

  /// What the node message claims.
  ///
  /// @param id `node.id`: `sidecar~NAMESPACE~WORKLOAD` or `egress-gateway~NAMESPACE~WORKLOAD`
  /// @param metadata `node.metadata.sallyport`: strings by name
  /// @param userAgent Envoy's version, for people
  record Claims(String id, Map<String, String> metadata, String userAgent) {}

  sealed interface Decision {}

  /// The stream is served from `feed`; `proxy` names it to people.
  record Admitted(ProxyId proxy, SnapshotFeed feed) implements Decision {}

  /// The stream is refused; `reason` reaches the client.
  record Refused(String reason) implements Decision {}

  /// Nothing is known yet, because not every source was read; the stream is closed as unavailable
  /// and the proxy tries again.
  record NotReady(String reason) implements Decision {}
}
