package io.sallyport.policy;

import io.sallyport.policy.AuthorizationPolicy.AllOf;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which workloads may reach which outside hosts through one egress gateway: ASM's
/// `ASMEgressTrafficPolicy`, and our own `EgressTrafficPolicy` of the same shape.
///
/// @param kind [Kind#ASM_EGRESS_TRAFFIC_POLICY] or [Kind#EGRESS_TRAFFIC_POLICY]
/// @param gateway the name of the egress gateway (`spec.byEgressGateway.name`), looked up in the
///   policy's own namespace
public record EgressTrafficPolicy(
    Kind kind, Metadata metadata, String gateway, List<EgressRule> egressRules)
    implements Resource {
  public EgressTrafficPolicy {
    egressRules = List.copyOf(egressRules);
  }

  /// Every source of `from` may reach every destination of `to`.
  public record EgressRule(List<Source> from, List<Destination> to, Terms terms) {
    public EgressRule {
      from = List.copyOf(from);
      to = List.copyOf(to);
    }

    public EgressRule(List<Source> from, List<Destination> to) {
      this(from, to, Terms.NONE);
    }
  }

  /// On what terms a rule was agreed; our own kind only.
  ///
  /// @param notAfter from when on the rule grants nothing
  /// @param owner who answers for it; may be empty
  /// @param ticket where it was agreed; may be empty
  /// @param shadow whether requests that `http` would refuse pass, and are only noted
  public record Terms(Optional<Instant> notAfter, String owner, String ticket, boolean shadow) {
    public static final Terms NONE = new Terms(Optional.empty(), "", "", false);
  }

  /// The workloads of one namespace that carry all these labels; without labels, all of them.
  public record Source(String namespace, Map<String, String> workloadSelector) {
    public Source {
      workloadSelector = Collections.unmodifiableMap(new TreeMap<>(workloadSelector));
    }
  }

  /// Outside hosts on one port.
  ///
  /// @param hosts lower-case A-label names without a trailing dot; IP literals only for TCP
  /// @param match where TCP connections to the hosts are known by what they dial, and may carry
  ///   anything; empty: by the server name of the TLS in them
  /// @param gatewayPort the gateway's listener that the hop uses; empty: the reserved mesh port
  /// @param httpsUpgrade where plain HTTP becomes HTTPS at the gateway
  /// @param http the requests that are granted, any of these; none: all. Our own kind only.
  /// @param rateLimit how many of them, for each workload; empty: any number. Our own kind only.
  /// @param connect whether a CONNECT to a host and the port is granted as well. Our own kind only.
  /// @param outside how the gateway speaks to the hosts
  public record Destination(
      String name,
      List<String> hosts,
      Port port,
      Optional<Integer> gatewayPort,
      Optional<TcpMatch> match,
      Optional<HttpsUpgrade> httpsUpgrade,
      List<AllOf> http,
      Optional<RateLimit> rateLimit,
      boolean connect,
      Outside outside) {
    public Destination {
      hosts = List.copyOf(hosts);
      http = List.copyOf(http);
    }

    public Destination(
        String name,
        List<String> hosts,
        Port port,
        Optional<Integer> gatewayPort,
        Optional<HttpsUpgrade> httpsUpgrade) {
      this(
          name,
          hosts,
          port,
          gatewayPort,
          Optional.empty(),
          httpsUpgrade,
          List.of(),
          Optional.empty(),
          false,
          Outside.DEFAULT);
    }
  }

  /// How a connection to a TCP destination is known by the address that the application dials.
  ///
  /// @param addresses any of these blocks
  /// @param virtualAddress an address that the sidecar itself gives the host, in answer to DNS
  public record TcpMatch(List<AddressRange> addresses, boolean virtualAddress) {
    public TcpMatch {
      addresses = List.copyOf(addresses);
    }
  }

  /// The port that the application dials.
  public record Port(String name, int number, Protocol protocol) {}

  /// What the application speaks on that port.
  public enum Protocol {
    HTTP,
    HTTPS,
    TCP
  }

  /// `httpsUpgrade` with `enabled: true`: the port that the gateway dials with TLS.
  ///
  /// @param directTls whether workloads may also start TLS to that port themselves, which passes as
  ///   it is; ASM's kind always lets them
  public record HttpsUpgrade(int port, boolean directTls) {}
}
