package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.Requests;
import io.sallyport.policy.EgressTrafficPolicy.HttpsUpgrade;
import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.EgressTrafficPolicy.TcpMatch;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.util.List;
import java.util.Optional;

/// One destination of one rule, joined with its gateway.
sealed interface EgressRoute {
  /// The destination: `spec.egressRules[i].to[j]`.
  Origin origin();

  /// Whom the rule allows it.
  List<Source> from();

  List<String> hosts();

  /// The port that applications dial.
  int port();

  Protocol protocol();

  /// The gateway's port that the hop uses.
  ServicePort hop();

  /// The port that the gateway dials.
  default int targetPort() {
    return port();
  }

  /// How the gateway speaks to the outside hosts.
  Outside outside();

  /// Which requests are granted, as far as they can be seen.
  default Requests requests() {
    return Requests.ALL;
  }

  /// What the application sends as HTTP, routed by Host.
  ///
  /// @param upgrade where the gateway speaks TLS to the outside host
  /// @param requests which requests are granted
  /// @param outside how the gateway speaks to it
  record Http(
      Origin origin,
      List<Source> from,
      List<String> hosts,
      int port,
      ServicePort hop,
      Optional<HttpsUpgrade> upgrade,
      Requests requests,
      Outside outside)
      implements EgressRoute {
    public Http {
      from = List.copyOf(from);
      hosts = List.copyOf(hosts);
    }

    @Override
    public Protocol protocol() {
      return Protocol.HTTP;
    }

    @Override
    public int targetPort() {
      return upgrade.map(HttpsUpgrade::port).orElse(port);
    }
  }

  /// Bytes of any kind, known by the address that the application dials, and carried to the host.
  ///
  /// @param match where it may dial; an IP address as host stands for itself
  /// @param outside the default but for `endpoints`
  record Tcp(
      Origin origin,
      List<Source> from,
      List<String> hosts,
      int port,
      ServicePort hop,
      TcpMatch match,
      Outside outside)
      implements EgressRoute {
    public Tcp {
      from = List.copyOf(from);
      hosts = List.copyOf(hosts);
    }

    @Override
    public Protocol protocol() {
      return Protocol.TCP;
    }

    /// The blocks of addresses that stand for a host of it, but for one that the sidecar gives out.
    List<AddressRange> blocks(String host) {
      return IpLiteral.isIp(host) ? List.of(AddressRange.of(host)) : match.addresses();
    }
  }

  /// TLS that the application starts, carried as it is and routed by its server name.
  ///
  /// @param outside the default but for `endpoints`: the connection is the application's own
  /// @param implied whether no rule says so in words: an upgrade of HTTP also lets TLS pass to the
  ///   same hosts on the upgrade's port. What a rule says in words goes before it.
  record Tunnel(
      Origin origin,
      List<Source> from,
      List<String> hosts,
      int port,
      Protocol protocol,
      ServicePort hop,
      Outside outside,
      boolean implied)
      implements EgressRoute {
    public Tunnel {
      from = List.copyOf(from);
      hosts = List.copyOf(hosts);
    }
  }
}
