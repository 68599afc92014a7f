package io.sallyport.mesh;

import io.sallyport.mesh.Contradictions.Contradiction;
import io.sallyport.mesh.Contradictions.Disagreement;
import io.sallyport.mesh.Contradictions.Placed;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.Outside;
import io.sallyport.policy.problem.Problem;
import java.util.List;

/// Says to a user that two rules contradict each other, at both places.
final class ContradictionProblem {
  private ContradictionProblem() {}

  /// `loser` is out of force for it.
  static Problem of(EgressRoute loser, Document document, Contradiction contradiction) {
    Disagreement on = contradiction.on();
    Placed kept = contradiction.kept();
    return LinkReport.error(
        document,
        field(loser, on),
        message(loser, contradiction),
        contradiction
                .wildcard()
                .map(wildcard -> "`" + wildcard + "` covers `" + contradiction.host() + "`; ")
                .orElse("")
            + "this destination is out of force; kept is "
            + (document.key().equals(kept.document().key())
                ? "the earlier rule"
                : kept.document().key() + ", the older or the first by name"),
        new LinkReport.Place(
            kept.document(), field(kept.route(), on), "kept: " + value(kept.route(), on)));
  }

  private static String message(EgressRoute loser, Contradiction contradiction) {
    EgressRoute kept = contradiction.kept().route();
    Disagreement on = contradiction.on();
    String values = value(loser, on) + " and " + value(kept, on);
    String hostPort = contradiction.host() + ":" + loser.port();
    return switch (on) {
      case PROTOCOL -> "two rules give %s different protocols, %s".formatted(hostPort, values);
      case GATEWAY -> "two rules send %s to different gateways, %s".formatted(hostPort, values);
      case GATEWAY_PORT ->
          "two rules send %s to different gateway ports, %s".formatted(hostPort, values);
      case TARGET_PORT ->
          "two rules have port %d of gateway %s/%s dial different ports of %s, %s"
              .formatted(
                  loser.hop().port(),
                  loser.hop().namespace(),
                  loser.hop().name(),
                  contradiction.host(),
                  values);
      case UPGRADE ->
          "two rules have port %d of gateway %s/%s speak to %s differently, %s"
              .formatted(
                  loser.hop().port(),
                  loser.hop().namespace(),
                  loser.hop().name(),
                  contradiction.host(),
                  values);
      case ADDRESS ->
          "ambiguous: %s on port %d would be different hosts, %s"
              .formatted(contradiction.host(), loser.port(), values);
      case OUTSIDE ->
          "two rules have gateway %s/%s speak to %s:%d differently: their %s differ"
              .formatted(
                  loser.hop().namespace(),
                  loser.hop().name(),
                  contradiction.host(),
                  loser.targetPort(),
                  differences(loser, contradiction));
    };
  }

  /// Of a wildcard and a host below it, the addresses may differ.
  private static String differences(EgressRoute loser, Contradiction contradiction) {
    Outside one = loser.outside();
    Outside other = contradiction.kept().route().outside();
    return contradiction.wildcard().isPresent()
        ? OutsideDifference.names(
            one.withResolvedAddresses(List.of()), other.withResolvedAddresses(List.of()))
        : OutsideDifference.names(one, other);
  }

  private static String value(EgressRoute route, Disagreement on) {
    return switch (on) {
      case PROTOCOL -> route.protocol().toString();
      case GATEWAY -> route.hop().namespace() + "/" + route.hop().name();
      case GATEWAY_PORT -> Integer.toString(route.hop().port());
      case TARGET_PORT -> Integer.toString(route.targetPort());
      case UPGRADE -> isUpgraded(route) ? "upgraded to HTTPS" : "as HTTP";
      case OUTSIDE -> "this one";
      case ADDRESS -> String.join(", ", route.hosts());
    };
  }

  private static FieldPath field(EgressRoute route, Disagreement on) {
    FieldPath destination = route.origin().field();
    return switch (on) {
      case PROTOCOL -> destination.child("port").child("protocol");
      case GATEWAY -> new FieldPath("spec.byEgressGateway.name");
      case GATEWAY_PORT -> destination.child("byEgressGateway").child("port");
      case TARGET_PORT ->
          isUpgraded(route)
              ? destination.child("httpsUpgrade").child("port")
              : destination.child("port").child("number");
      case UPGRADE ->
          isUpgraded(route)
              ? destination.child("httpsUpgrade")
              : destination.child("port").child("protocol");
      case OUTSIDE -> destination;
      case ADDRESS ->
          destination.child(
              route.hosts().stream().anyMatch(IpLiteral::isIp) ? "hosts" : "match.addresses");
    };
  }

  private static boolean isUpgraded(EgressRoute route) {
    return route instanceof EgressRoute.Http http && http.upgrade().isPresent();
  }
}
