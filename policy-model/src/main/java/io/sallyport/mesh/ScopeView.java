package io.sallyport.mesh;

import io.sallyport.policy.AuthorizationPolicy.Action;
import io.sallyport.policy.AuthorizationPolicy.AllOf;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.MeshConfig.OutboundMode;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside;
import io.sallyport.policy.Outside.ClientCertificate;
import io.sallyport.policy.Outside.Exchange;
import io.sallyport.policy.RateLimit;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Everything that the proxies of one scope may see and nothing else: the only argument of the
/// compiler. Record equality is the change detection, so lists are in a fixed order.
public sealed interface ScopeView {
  Scope scope();

  String trustDomain();

  /// The services whose endpoints the scope needs.
  default SortedSet<ServicePort> services() {
    SortedSet<ServicePort> services = new TreeSet<>();
    switch (this) {
      case SidecarView sidecar -> {
        sidecar.routes().forEach(route -> services.add(route.hop().service()));
        sidecar.tunnels().forEach(tunnel -> services.add(tunnel.hop().service()));
        sidecar.tcp().forEach(tcp -> services.add(tcp.hop().service()));
      }
      case EgressGatewayView _ -> {}
    }
    return services;
  }

  /// What a sidecar may do: its workload's outbound routes.
  ///
  /// @param routes sorted by port, then host; no two of the same port and host
  /// @param tunnels sorted likewise; a port and host may be among the routes as well, since HTTP
  ///   and TLS are told apart by their bytes
  /// @param tcp sorted likewise; no two that overlap in addresses on one port
  record SidecarView(
      Scope scope,
      String trustDomain,
      OutboundMode mode,
      List<OutboundRoute> routes,
      List<OutboundTunnel> tunnels,
      List<OutboundTcp> tcp)
      implements ScopeView {
    public SidecarView {
      routes = List.copyOf(routes);
      tunnels = List.copyOf(tunnels);
      tcp = List.copyOf(tcp);
    }
  }

  /// HTTP to one host on one port, by way of a gateway.
  ///
  /// @param grants the rules that allow it, in order; never empty
  record OutboundRoute(int port, String host, Hop hop, Exchange exchange, List<Allowed> grants) {
    public OutboundRoute {
      grants = List.copyOf(grants);
    }
  }

  /// One rule's permission for the workload itself.
  record Allowed(Origin origin, Requests requests) {}

  /// Which requests a rule is about.
  ///
  /// @param anyOf any of these; none: every request
  /// @param shadow the others pass, and are only noted
  /// @param limit how many, for each workload; empty: any number
  /// @param connect whether these are besides: CONNECT to the host and its port
  record Requests(List<AllOf> anyOf, boolean shadow, Optional<RateLimit> limit, boolean connect) {
    /// All but CONNECT.
    public static final Requests ALL = new Requests(List.of(), false, Optional.empty(), false);

    public Requests {
      anyOf = List.copyOf(anyOf);
    }
  }

  /// TLS that the application starts to one host on one port, by way of a gateway.
  ///
  /// @param grants the rules that allow it, in order; never empty
  record OutboundTunnel(int port, String host, Hop hop, List<Origin> grants) {
    public OutboundTunnel {
      grants = List.copyOf(grants);
    }
  }

  /// Bytes of any kind to one host on one port, by way of a gateway.
  ///
  /// @param addresses what stands for the host when it is dialled; never empty
  /// @param virtualAddress the one of them that the sidecar gives out when it is asked for the name
  /// @param grants the rules that allow it, in order; never empty
  record OutboundTcp(
      int port,
      String host,
      List<AddressRange> addresses,
      Optional<String> virtualAddress,
      Hop hop,
      List<Origin> grants) {
    public OutboundTcp {
      addresses = List.copyOf(addresses);
      grants = List.copyOf(grants);
    }
  }

  /// The mutual TLS hop to one port of one gateway.
  ///
  /// @param gatewayNames the SPIFFE IDs that the gateway's proxies may have; never empty, since a
  ///   hop that demands no name would go to anyone
  record Hop(ServicePort service, SortedSet<String> gatewayNames) {
    public Hop {
      if (gatewayNames.isEmpty()) {
        throw new IllegalArgumentException("no name to demand of " + service);
      }
      gatewayNames =
          java.util.Collections.unmodifiableSortedSet(new java.util.TreeSet<>(gatewayNames));
    }
  }

  /// What an egress gateway serves.
  ///
  /// @param listeners the ports for HTTP
  /// @param tunnels the ports for TLS that applications start
  /// @param authorization what holds on each of its ports, besides the rules that grant
  ///   destinations; sorted by key
  record EgressGatewayView(
      Scope scope,
      String trustDomain,
      List<String> resolvers,
      List<GatewayListener> listeners,
      List<TunnelListener> tunnels,
      List<AppliedPolicy> authorization)
      implements ScopeView {
    public EgressGatewayView {
      resolvers = List.copyOf(resolvers);
      listeners = List.copyOf(listeners);
      tunnels = List.copyOf(tunnels);
      authorization = List.copyOf(authorization);
    }
  }

  /// One port of an egress gateway, for HTTP.
  ///
  /// @param port as documents name it
  /// @param bindPort the port it really listens on
  /// @param origin the gateway's field that asks for it
  /// @param routes sorted by host; no two of the same host
  record GatewayListener(
      String name, int port, int bindPort, Origin origin, List<ExternalRoute> routes) {
    public GatewayListener {
      routes = List.copyOf(routes);
    }
  }

  /// One port of an egress gateway, for what it carries as bytes.
  ///
  /// @param port as documents name it
  /// @param bindPort the port it really listens on
  /// @param origin the gateway's field that asks for it
  /// @param tunnels TLS that applications start; sorted by host, then port; no two of the same host
  ///   and port
  /// @param tcp bytes of any kind; sorted likewise
  record TunnelListener(
      String name,
      int port,
      int bindPort,
      Origin origin,
      List<ExternalTunnel> tunnels,
      List<ExternalTunnel> tcp) {
    public TunnelListener {
      tunnels = List.copyOf(tunnels);
      tcp = List.copyOf(tcp);
    }
  }

  /// One port of one outside host behind a gateway's port, for bytes.
  ///
  /// @param port the port that the gateway dials
  /// @param addresses fixed addresses from `hostAliases`; empty: ask DNS
  /// @param endpoints where to go in place of the host; none: to the host
  /// @param below of a wildcard: how the hosts below it are found
  /// @param grants who may, and which rule says so; sorted by origin; never empty
  record ExternalTunnel(
      String host,
      int port,
      List<String> addresses,
      List<ExternalEndpoint> endpoints,
      Below below,
      List<Grant> grants) {
    public ExternalTunnel {
      addresses = List.copyOf(addresses);
      endpoints = List.copyOf(endpoints);
      grants = List.copyOf(grants);
    }
  }

  /// How the hosts below a wildcard are found.
  ///
  /// @param resolvedAddresses private addresses that they may have besides
  /// @param aliases the fixed addresses of those that have some
  record Below(List<AddressRange> resolvedAddresses, SortedMap<String, List<String>> aliases) {
    public static final Below NONE = new Below(List.of(), Collections.emptySortedMap());

    public Below {
      resolvedAddresses = List.copyOf(resolvedAddresses);
      aliases = Collections.unmodifiableSortedMap(new TreeMap<>(aliases));
    }
  }

  /// One outside host behind a gateway's port.
  ///
  /// @param port the port that the gateway dials
  /// @param host a name, or a wildcard, whose names are found by asking DNS
  /// @param tls where the gateway starts TLS itself; empty: plain HTTP
  /// @param outside how else the gateway speaks to it
  /// @param addresses fixed addresses from `hostAliases`; empty: ask DNS
  /// @param endpoints where to go in place of the host; none: to the host
  /// @param grants who may, and which rule says so; sorted by origin; never empty
  record ExternalRoute(
      String host,
      int port,
      Optional<OutsideTls> tls,
      Outside outside,
      List<String> addresses,
      List<ExternalEndpoint> endpoints,
      List<Grant> grants) {
    public ExternalRoute {
      addresses = List.copyOf(addresses);
      endpoints = List.copyOf(endpoints);
      grants = List.copyOf(grants);
    }
  }

  /// TLS that a gateway starts to an outside host. The host must prove its name with a certificate
  /// of someone whom the mesh trusts for that (`externalTrust`).
  ///
  /// @param serverName what the gateway asks for (SNI); a wildcard: the host of each request
  /// @param names one of which must be in the certificate (DNS SAN); empty: nothing is verified,
  ///   which a rule must have asked for; a wildcard: the host of each request
  /// @param caFile of those who may sign it; empty: whom the mesh trusts
  /// @param clientCertificate what the gateway shows
  record OutsideTls(
      String serverName,
      List<String> names,
      Optional<String> caFile,
      Optional<ClientCertificate> clientCertificate) {
    public OutsideTls {
      names = List.copyOf(names);
    }

    /// What a rule says of TLS to a host.
    static OutsideTls of(String host, Outside.Tls tls) {
      List<String> expected =
          tls.subjectAltNames().isEmpty()
              ? List.of(host)
              : tls.subjectAltNames().stream().sorted().toList();
      return new OutsideTls(
          tls.sni().orElse(host),
          tls.insecureSkipVerify() ? List.of() : expected,
          tls.caFile(),
          tls.clientCertificate());
    }
  }

  /// One rule's permission for the SPIFFE IDs of the workloads that it selects (possibly none).
  record Grant(Origin origin, SortedSet<String> principals, Requests requests) {
    public Grant(Origin origin, SortedSet<String> principals) {
      this(origin, principals, Requests.ALL);
    }

    public Grant {
      principals = java.util.Collections.unmodifiableSortedSet(new java.util.TreeSet<>(principals));
    }
  }

  /// An authorization policy that selects the proxies of the scope.
  record AppliedPolicy(ResourceKey key, Action action, boolean dryRun, List<Rule> rules) {
    public AppliedPolicy {
      rules = List.copyOf(rules);
    }
  }
}
