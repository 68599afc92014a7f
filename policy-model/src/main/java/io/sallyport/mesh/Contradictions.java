package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.EgressTrafficPolicy.Source;
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
/// Routes that agree are merged and never contradict; nor does a route that is only implied.
final class Contradictions {
  private final Map<ClientCell, Map<Way, List<Claim>>> byClient = new HashMap<>();
  private final Map<GatewayCell, Placed> byGateway = new HashMap<>();
  private final Map<OutsideCell, Placed> byOutside = new HashMap<>();
  private final AddressClaims byAddress = new AddressClaims();

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
  record Contradiction(String host, Disagreement on, Placed kept) {}

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
    }
    return route instanceof EgressRoute.Tcp tcp ? byAddress.find(tcp) : Optional.empty();
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
        .filter(placed -> !placed.route().outside().equals(route.outside()))
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
