package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Outside;
import io.sallyport.policy.WildcardHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds routes that can't both be in force. Two do contradict each other when
///
/// - a workload could be meant by both, and they take one host and port different ways (protocol,
///   gateway or gateway port): its sidecar can go only one;
/// - they meet at one port of one gateway with one host, as HTTP, and would have it dial different
///   ports, or one with TLS and the other without: the gateway routes HTTP by host;
/// - they have one gateway speak to one port of a host in different manners: it has one set of
///   connections for it, as HTTP, as HTTP in TLS of its own, and as bytes of applications;
/// - a workload could be meant by both, and one address that it dials on one port would be
///   different hosts.
///
/// A wildcard and what it covers are one host in all of this, but that tunnels to them are apart.
///
/// Routes that agree are merged and never contradict; nor does a route that is only implied.
final class Contradictions {
  private final Map<ClientCell, Map<Way, List<Claim>>> byClient = new HashMap<>();
  private final Map<GatewayCell, Placed> byGateway = new HashMap<>();
  private final Map<OutsideCell, Placed> byOutside = new HashMap<>();
  private final AddressClaims byAddress = new AddressClaims();
  private final HostOverlaps overlaps = new HostOverlaps();

  /// Where a sidecar decides: one namespace's view of one host and port.
  ///
  /// @param byAddress whether it decides by what is dialled, and not by what is inside
  private record ClientCell(String namespace, int port, String host, boolean byAddress) {
    static ClientCell of(Source source, EgressRoute route, String host) {
      return new ClientCell(
          source.namespace(), route.port(), host, route instanceof EgressRoute.Tcp);
    }
  }

  /// Where a gateway decides.
  private record GatewayCell(ServicePort hop, String host) {}

  /// What a gateway keeps one set of connections for.
  private record OutsideCell(GatewayName gateway, Inside inside, int port, String host) {
    static OutsideCell of(EgressRoute route, String host) {
      Inside inside =
          switch (route) {
            case EgressRoute.Http http -> http.upgrade().isPresent() ? Inside.TLS : Inside.HTTP;
            case EgressRoute.Tunnel _, EgressRoute.Tcp _ -> Inside.TUNNEL;
          };
      return new OutsideCell(GatewayName.of(route.hop()), inside, route.targetPort(), host);
    }
  }

  /// What connections to an outside host carry.
  private enum Inside {
    HTTP,
    TLS,
    TUNNEL
  }

  /// How a sidecar sends what it decided on.
  private record Way(Protocol protocol, ServicePort hop) {}

  private record Claim(Source source, Placed placed) {}

  /// A route and the document that it comes from.
  record Placed(EgressRoute route, Document document) {}

  /// What two routes disagree on; `kept` was there first.
  ///
  /// @param host of both; of a wildcard and a host below it, the latter
  /// @param wildcard that covers the host, where only one of them names the host itself
  record Contradiction(String host, Optional<String> wildcard, Disagreement on, Placed kept) {
    Contradiction(String host, Disagreement on, Placed kept) {
      this(host, Optional.empty(), on, kept);
    }

    /// The same, found between two hosts of which one covers the other.
    Contradiction between(String one, String other) {
      String narrower = HostOverlaps.narrower(one, other);
      return new Contradiction(narrower, Optional.of(narrower.equals(one) ? other : one), on, kept);
    }
  }

  enum Disagreement {
    PROTOCOL,
    GATEWAY,
    GATEWAY_PORT,
    TARGET_PORT,
    UPGRADE,
    OUTSIDE,
    ADDRESS
  }

  /// Remembers a route that is in force.
  void add(EgressRoute route, Document document) {
    if (isImplied(route)) {
      return;
    }
    Placed placed = new Placed(route, document);
    Way way = new Way(route.protocol(), route.hop());
    if (route instanceof EgressRoute.Tcp tcp) {
      byAddress.add(tcp, placed);
    }
    for (String host : route.hosts()) {
      overlaps.add(host);
      if (route instanceof EgressRoute.Http) {
        byGateway.putIfAbsent(new GatewayCell(route.hop(), host), placed);
      }
      byOutside.putIfAbsent(OutsideCell.of(route, host), placed);
      for (Source source : route.from()) {
        byClient
            .computeIfAbsent(ClientCell.of(source, route, host), _ -> new LinkedHashMap<>())
            .computeIfAbsent(way, _ -> new ArrayList<>())
            .add(new Claim(source, placed));
      }
    }
  }

  /// The first contradiction between `route` and what was added.
  Optional<Contradiction> find(EgressRoute route) {
    for (String host : route.hosts()) {
      Optional<Contradiction> found =
          atClient(route, host).or(() -> atGateway(route, host)).or(() -> outside(route, host));
      if (found.isPresent()) {
        return found;
      }
      for (String other : overlaps.of(host)) {
        found = atClient(route, other).or(() -> below(route, other));
        if (found.isPresent()) {
          return found.map(contradiction -> contradiction.between(host, other));
        }
      }
    }
    return route instanceof EgressRoute.Tcp tcp ? byAddress.find(tcp) : Optional.empty();
  }

  /// As [#atGateway] and [#outside], with a host that only overlaps the route's: what the gateway
  /// does for the narrower one, it does for everyone whom the wider one was granted to, and a
  /// client certificate is no wildcard's.
  private Optional<Contradiction> below(EgressRoute route, String other) {
    if (!(route instanceof EgressRoute.Http)) {
      return Optional.empty();
    }
    return atGateway(route, other)
        .or(() ->
            Optional.ofNullable(byOutside.get(OutsideCell.of(route, other)))
                .filter(placed -> !withoutAddresses(placed.route()).equals(withoutAddresses(route)))
                .map(placed -> new Contradiction(other, Disagreement.OUTSIDE, placed)));
  }

  /// A wildcard says which addresses names may stand for, and a host that is named needs not.
  private static Outside withoutAddresses(EgressRoute route) {
    return route.outside().withResolvedAddresses(List.of());
  }

  private Optional<Contradiction> atClient(EgressRoute route, String host) {
    Way way = new Way(route.protocol(), route.hop());
    for (Source source : route.from()) {
      ClientCell cell = ClientCell.of(source, route, host);
      for (Map.Entry<Way, List<Claim>> other : byClient.getOrDefault(cell, Map.of()).entrySet()) {
        if (other.getKey().equals(way)) {
          continue;
        }
        for (Claim claim : other.getValue()) {
          if (overlap(source, claim.source())) {
            return Optional.of(
                new Contradiction(host, disagreement(way, other.getKey()), claim.placed()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Contradiction> atGateway(EgressRoute route, String host) {
    if (!(route instanceof EgressRoute.Http http)) {
      return Optional.empty();
    }
    Placed placed = byGateway.get(new GatewayCell(route.hop(), host));
    if (placed == null || !(placed.route() instanceof EgressRoute.Http other)) {
      return Optional.empty();
    }
    if (http.upgrade().isPresent() != other.upgrade().isPresent()) {
      return Optional.of(new Contradiction(host, Disagreement.UPGRADE, placed));
    }
    return http.targetPort() == other.targetPort()
        ? Optional.empty()
        : Optional.of(new Contradiction(host, Disagreement.TARGET_PORT, placed));
  }

  private Optional<Contradiction> outside(EgressRoute route, String host) {
    return Optional.ofNullable(byOutside.get(OutsideCell.of(route, host)))
        .filter(placed ->
            WildcardHost.isWildcard(host)
                ? !placed.route().outside().equals(route.outside())
                : !withoutAddresses(placed.route()).equals(withoutAddresses(route)))
        .map(placed -> new Contradiction(host, Disagreement.OUTSIDE, placed));
  }

  static boolean isImplied(EgressRoute route) {
    return route instanceof EgressRoute.Tunnel tunnel && tunnel.implied();
  }

  private static Disagreement disagreement(Way a, Way b) {
    if (a.protocol() != b.protocol()) {
      return Disagreement.PROTOCOL;
    }
    boolean sameGateway =
        a.hop().namespace().equals(b.hop().namespace()) && a.hop().name().equals(b.hop().name());
    return sameGateway ? Disagreement.GATEWAY_PORT : Disagreement.GATEWAY;
  }

  /// Whether one workload could be meant by both: same namespace, and no label of which they want
  /// different values.
  static boolean overlap(Source a, Source b) {
    if (!a.namespace().equals(b.namespace())) {
      return false;
    }
    for (Map.Entry<String, String> label : a.workloadSelector().entrySet()) {
      String value = b.workloadSelector().get(label.getKey());
      if (value != null && !value.equals(label.getValue())) {
        return false;
      }
    }
    return true;
  }
}
