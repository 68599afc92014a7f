package io.sallyport.mesh;

import io.sallyport.mesh.Contradictions.Contradiction;
import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.mesh.ScopeView.Requests;
import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.EgressTrafficPolicy.EgressRule;
import io.sallyport.policy.EgressTrafficPolicy.HttpsUpgrade;
import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides, oldest policy first, which routes are in force: of each policy the newest form that has
/// no error, and where there is none, what the errors of its newest form leave.
final class EgressLinker {
  private final GatewayLookup lookup;
  private final LinkReport report;
  private final Instant now;
  private final Contradictions contradictions = new Contradictions();
  private final List<EgressRoute> routes = new ArrayList<>();
  private final List<Document> newestInForce = new ArrayList<>();

  EgressLinker(Gateways gateways, Instant now, LinkReport report) {
    this.now = now;
    this.lookup = new GatewayLookup(gateways);
    this.report = report;
  }

  /// One form of a policy, tried: the routes that are free of errors, and the errors.
  private record Attempt(Document form, List<EgressRoute> routes, List<Problem> errors) {}

  void link(List<Candidate> policies) {
    policies.stream().sorted(Candidate.BY_AGE).forEach(this::place);
  }

  /// The routes in force.
  List<EgressRoute> routes() {
    return routes;
  }

  /// The policies of which the newest form is in force, whole or in part: those of which it makes
  /// sense to warn.
  List<Document> newestInForce() {
    return newestInForce;
  }

  private void place(Candidate candidate) {
    Attempt newest = null;
    for (int i = 0; i < candidate.forms().size(); i++) {
      Attempt attempt = attempt(candidate.forms().get(i));
      if (newest == null) {
        newest = attempt;
        report.addAll(attempt.errors());
      }
      if (attempt.errors().isEmpty()) {
        choose(candidate, attempt, candidate.wholeForm(i));
        return;
      }
    }
    if (newest == null || newest.routes().isEmpty()) {
      report.state(candidate, Form.NONE, Optional.empty());
    } else {
      choose(candidate, newest, Form.PARTLY);
    }
  }

  private void choose(Candidate candidate, Attempt attempt, Form form) {
    report.state(candidate, form, Optional.of(attempt.form()));
    for (EgressRoute route : attempt.routes()) {
      contradictions.add(route, attempt.form());
      routes.add(route);
    }
    if (form != Form.LAST_VALID) {
      newestInForce.add(attempt.form());
    }
  }

  private Attempt attempt(Document form) {
    EgressTrafficPolicy policy = (EgressTrafficPolicy) form.resource();
    Attempt attempt = new Attempt(form, new ArrayList<>(), new ArrayList<>());
    Optional<Problem> noGateway = lookup.missing(form, policy);
    if (noGateway.isPresent()) {
      attempt.errors().add(noGateway.get());
      return attempt;
    }
    Contradictions own = new Contradictions();
    for (int i = 0; i < policy.egressRules().size(); i++) {
      EgressRule rule = policy.egressRules().get(i);
      if (isOver(rule)) {
        continue;
      }
      for (int j = 0; j < rule.to().size(); j++) {
        FieldPath field = destinationField(i, j);
        link(attempt, own, policy, rule, rule.to().get(j), field);
      }
    }
    return attempt;
  }

  private boolean isOver(EgressRule rule) {
    Optional<Instant> notAfter = rule.terms().notAfter();
    boolean over = notAfter.isPresent() && !now.isBefore(notAfter.get());
    if (!over) {
      notAfter.ifPresent(report::changesAt);
    }
    return over;
  }

  private void link(
      Attempt attempt,
      Contradictions own,
      EgressTrafficPolicy policy,
      EgressRule rule,
      Destination destination,
      FieldPath field) {
    Document form = attempt.form();
    Optional<Problem> noPort = lookup.unusable(form, policy, destination, field);
    if (noPort.isPresent()) {
      attempt.errors().add(noPort.get());
      return;
    }
    EgressRoute route = route(form, policy, rule, destination, field);
    Optional<Contradiction> contradiction = contradictions.find(route).or(() -> own.find(route));
    if (contradiction.isPresent()) {
      attempt.errors().add(ContradictionProblem.of(route, form, contradiction.get()));
      return;
    }
    own.add(route, form);
    attempt.routes().add(route);
    impliedBy(route).ifPresent(attempt.routes()::add);
  }

  private static EgressRoute route(
      Document form,
      EgressTrafficPolicy policy,
      EgressRule rule,
      Destination destination,
      FieldPath field) {
    Origin origin = new Origin(form.key(), field);
    int port = destination.port().number();
    ServicePort hop =
        new ServicePort(
            form.key().namespace(),
            policy.gateway(),
            destination.gatewayPort().orElse(Gateway.MESH_LISTENER.port()));
    return switch (destination.port().protocol()) {
      case HTTP ->
          new EgressRoute.Http(
              origin,
              rule.from(),
              destination.hosts(),
              port,
              hop,
              destination.httpsUpgrade(),
              new Requests(
                  destination.http(),
                  rule.terms().shadow() && !destination.http().isEmpty(),
                  destination.rateLimit(),
                  destination.connect()),
              destination.outside().beside(file(form), form.key().namespace()));
      case HTTPS, TCP ->
          destination
              .match()
              .<EgressRoute>map(match ->
                  new EgressRoute.Tcp(
                      origin,
                      rule.from(),
                      destination.hosts(),
                      port,
                      hop,
                      match,
                      destination.outside()))
              .orElseGet(() ->
                  new EgressRoute.Tunnel(
                      origin,
                      rule.from(),
                      destination.hosts(),
                      port,
                      destination.port().protocol(),
                      hop,
                      destination.outside(),
                      false));
    };
  }

  private static String file(Document form) {
    return form.position(FieldPath.ROOT).map(Position::file).orElse("");
  }

  /// Who may have HTTP upgraded may also start TLS to the same hosts, on the port of the upgrade
  /// (ASM's documentation of `httpsUpgrade` expects so); but not if only some requests or so many
  /// are granted, which nobody could see there, nor if the rule says so, nor if the gateway goes to
  /// other places than the hosts.
  private static Optional<EgressRoute> impliedBy(EgressRoute route) {
    return switch (route) {
      case EgressRoute.Http http ->
          http.upgrade()
              .filter(HttpsUpgrade::directTls)
              .filter(_ -> http.requests().equals(Requests.ALL))
              .filter(_ -> http.outside().endpoints().isEmpty())
              .map(upgrade ->
                  new EgressRoute.Tunnel(
                      http.origin(),
                      http.from(),
                      http.hosts(),
                      upgrade.port(),
                      Protocol.HTTPS,
                      new ServicePort(
                          http.hop().namespace(), http.hop().name(), Gateway.MESH_LISTENER.port()),
                      Outside.DEFAULT.withResolvedAddresses(http.outside().resolvedAddresses()),
                      true));
      case EgressRoute.Tunnel _, EgressRoute.Tcp _ -> Optional.empty();
    };
  }

  static FieldPath ruleField(int rule) {
    return new FieldPath("spec.egressRules").index(rule);
  }

  private static FieldPath destinationField(int rule, int destination) {
    return ruleField(rule).child("to").index(destination);
  }
}
