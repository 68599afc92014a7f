package io.sallyport.policy;

import io.sallyport.policy.ValueMatch.AddressRange;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// How a gateway speaks to the outside hosts of a destination; [#DEFAULT] where a rule says
/// nothing. Fields of `EgressTrafficPolicy` alone: ASM's kind has none of them.
///
/// @param retries empty: only what certainly nobody has seen is sent again
/// @param outlierDetection empty: every address of a host stays in use, unless there are several
///   `endpoints`
/// @param websocket whether an exchange may become a WebSocket (RFC 6455)
/// @param endpoints where the gateway goes in place of the hosts; none: to the hosts
/// @param resolvedAddresses private addresses that names below a wildcard may stand for besides
public record Outside(
    Tls tls,
    Timeouts timeouts,
    Optional<Retries> retries,
    ConnectionPool connectionPool,
    Optional<OutlierDetection> outlierDetection,
    UpstreamProtocol upstreamProtocol,
    boolean websocket,
    List<OutsideEndpoint> endpoints,
    List<AddressRange> resolvedAddresses) {
  public static final Outside DEFAULT =
      new Outside(
          new Tls(Optional.empty(), List.of(), Optional.empty(), Optional.empty(), false),
          new Timeouts(Optional.empty(), Optional.empty(), Optional.empty()),
          Optional.empty(),
          new ConnectionPool(Optional.empty(), Optional.empty(), Optional.empty()),
          Optional.empty(),
          UpstreamProtocol.HTTP1,
          false,
          List.of(),
          List.of());

  public Outside {
    endpoints = List.copyOf(endpoints);
    resolvedAddresses = List.copyOf(resolvedAddresses);
  }

  /// TLS that the gateway starts, where the destination is upgraded.
  ///
  /// @param sni the server name to ask for; empty: the host
  /// @param subjectAltNames DNS names, one of which the host's certificate must hold; empty: the
  ///   host, whatever `sni` is
  /// @param caFile PEM file of those who may sign the certificate, and nobody else; empty: whom the
  ///   mesh trusts (`externalTrust`)
  /// @param clientCertificate what the gateway shows where it is asked to; empty: nothing
  /// @param insecureSkipVerify take any certificate of anyone
  public record Tls(
      Optional<String> sni,
      List<String> subjectAltNames,
      Optional<String> caFile,
      Optional<ClientCertificate> clientCertificate,
      boolean insecureSkipVerify) {
    public Tls {
      subjectAltNames = List.copyOf(subjectAltNames);
    }

    /// Whether it needs what is not in the rule itself.
    public boolean hasFiles() {
      return caFile.isPresent() || clientCertificate.isPresent();
    }
  }

  /// Where a certificate, with those that signed it, and its key are.
  public sealed interface ClientCertificate {
    /// In PEM files.
    record Files(String certificateFile, String keyFile) implements ClientCertificate {}

    /// In a [TlsSecret].
    ///
    /// @param namespace the rule's own
    record SecretRef(String namespace, String name) implements ClientCertificate {}

    private ClientCertificate from(String folder, String namespace) {
      return switch (this) {
        case Files(String certificate, String key) -> new Files(folder + certificate, folder + key);
        case SecretRef(_, String name) -> new SecretRef(namespace, name);
      };
    }
  }

  /// The same with the names of its files, which are relative to the document, made such that they
  /// are found from where the document's own name is, and with the namespace of its secret.
  ///
  /// @param document the document's file, as [Position] names it
  /// @param namespace the document's
  public Outside beside(String document, String namespace) {
    if (!tls.hasFiles()) {
      return this;
    }
    String folder = document.substring(0, document.lastIndexOf('/') + 1);
    Tls found =
        new Tls(
            tls.sni(),
            tls.subjectAltNames(),
            tls.caFile().map(folder::concat),
            tls.clientCertificate().map(certificate -> certificate.from(folder, namespace)),
            tls.insecureSkipVerify());
    return with(found, resolvedAddresses);
  }

  /// The same but for the private addresses.
  public Outside withResolvedAddresses(List<AddressRange> addresses) {
    return with(tls, addresses);
  }

  private Outside with(Tls otherTls, List<AddressRange> otherAddresses) {
    return new Outside(
        otherTls,
        timeouts,
        retries,
        connectionPool,
        outlierDetection,
        upstreamProtocol,
        websocket,
        endpoints,
        otherAddresses);
  }

  /// How long to wait.
  ///
  /// @param request for the whole answer, retries included; empty: no limit
  /// @param connect for a connection, TLS included; empty: 5 s
  /// @param idle while nothing moves in either direction of an exchange; empty: 5 min
  public record Timeouts(
      Optional<Duration> request, Optional<Duration> connect, Optional<Duration> idle) {}

  /// When a request is sent again.
  ///
  /// @param attempts how often after the first time; 0: never
  /// @param perTryTimeout for the answer to each of them; empty: no limit but the request's
  /// @param on Envoy's names of what must have happened (`retry_on`)
  public record Retries(int attempts, Optional<Duration> perTryTimeout, SortedSet<String> on) {
    public Retries {
      on = Collections.unmodifiableSortedSet(new TreeSet<>(on));
    }
  }

  /// What each gateway proxy may hold open to a host at once; beyond it, it answers 503.
  ///
  /// @param maxRequests under way
  public record ConnectionPool(
      Optional<Integer> maxConnections,
      Optional<Integer> maxPendingRequests,
      Optional<Integer> maxRequests) {}

  /// When an address of a host that fails is left out, for a time; never the last one.
  ///
  /// @param consecutive5xx so many failures in a row (statuses of 500 and more, lost connections)
  /// @param interval how often a gateway looks which addresses may come back
  /// @param baseEjectionTime for how long, times how often it happened
  public record OutlierDetection(int consecutive5xx, Duration interval, Duration baseEjectionTime) {
    /// Where a rule wants it and says no more.
    public static final OutlierDetection DEFAULT =
        new OutlierDetection(5, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /// What is spoken to the host.
  public enum UpstreamProtocol {
    HTTP1,
    HTTP2,
    /// What TLS settles on (ALPN).
    AUTO
  }

  /// What every proxy on the way must know of an exchange.
  public Exchange exchange() {
    return new Exchange(websocket, timeouts.idle());
  }

  /// What a sidecar needs to know.
  ///
  /// @param idle empty: the default
  public record Exchange(boolean websocket, Optional<Duration> idle) {
    public static final Exchange DEFAULT = Outside.DEFAULT.exchange();
  }
}
