package io.sallyport.compile;

import static io.sallyport.compile.Views.NGINX;
import static io.sallyport.compile.Views.SLEEP_A;
import static io.sallyport.compile.Views.external;
import static io.sallyport.compile.Views.gateway;
import static io.sallyport.compile.Views.grant;
import static io.sallyport.compile.Views.hop;
import static io.sallyport.compile.Views.ids;
import static io.sallyport.compile.Views.listener;
import static io.sallyport.compile.Views.rule;
import static io.sallyport.compile.Views.sidecar;
import static io.sallyport.compile.Views.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside.Exchange;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What changes alone travels alone: which resources differ after a change of the view, and that
/// none does where nothing changed.
class WhatTravelsTest {
  private static final Origin RULE = rule(0, 0);
  private static final List<String> HTTPBIN = List.of("127.0.3.1");

  private final EnvoyCompiler compiler = new EnvoyCompiler();

  @Test
  void aGrantOfAnotherRuleIsARouteOnBothSides() {
    assertThat(
            changed(
                sidecar(to("httpbin.org", 80, RULE)),
                sidecar(to("httpbin.org", 80, RULE, rule(1, 0)))))
        .containsExactly("ROUTE outbound_http");
    assertThat(
            changed(
                granting(external("httpbin.org", 80, HTTPBIN, grant(RULE, SLEEP_A))),
                granting(external("httpbin.org", 80, HTTPBIN, grant(RULE, NGINX, SLEEP_A)))))
        .containsExactly("ROUTE egress_80");
  }

  @Test
  void aHostOnAPortThatHadNoRuleDrainsNoListener() {
    assertThat(
            changed(
                sidecar(to("httpbin.org", 80, RULE)),
                sidecar(to("httpbin.org", 80, RULE), to("httpbin.org", 8080, RULE))))
        .containsExactly("ROUTE outbound_http");
    assertThat(changed(sidecar(), sidecar(to("httpbin.org", 80, RULE))))
        .containsExactly("CLUSTER outbound|80||egressgateway.istio-egress", "ROUTE outbound_http");
  }

  @Test
  void aNewOutsideHostIsAClusterAndARoute() {
    assertThat(
            changed(
                granting(external("a.example", 80, List.of(), grant(RULE, SLEEP_A))),
                granting(
                    external("a.example", 80, List.of(), grant(RULE, SLEEP_A)),
                    external("b.example", 80, List.of(), grant(RULE, SLEEP_A)))))
        .containsExactly("CLUSTER external|80||b.example", "ROUTE egress_80");
  }

  @Test
  void anAddressOfAnOutsideHostIsACluster() {
    assertThat(
            changed(
                granting(external("a.example", 80, List.of(), grant(RULE, SLEEP_A))),
                granting(external("a.example", 80, HTTPBIN, grant(RULE, SLEEP_A)))))
        .containsExactly("CLUSTER external|80||a.example");
  }

  @Test
  void anIdentityOfTheGatewayIsACluster() {
    Hop moved = new Hop(hop(80).service(), ids("spiffe://cluster.local/ns/istio-egress/sa/new"));
    assertThat(
            changed(
                sidecar(to("httpbin.org", 80, RULE)),
                sidecar(
                    new OutboundRoute(
                        80, "httpbin.org", moved, Exchange.DEFAULT, Views.allowed(RULE)))))
        .containsExactly("CLUSTER outbound|80||egressgateway.istio-egress");
  }

  @Test
  void theOrderOfAViewDoesNotMatter() {
    List<OutboundRoute> outbound = new ArrayList<>();
    List<ExternalRoute> external = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String host = "h" + i % 7 + ".example";
      outbound.add(to(host, 80 + i, rule(i, 0)));
      external.add(external("x" + i + ".example", 80, List.of(), grant(rule(i, 0), SLEEP_A)));
    }
    Snapshot sidecar = snapshot(sidecar(outbound.toArray(OutboundRoute[]::new)));
    Snapshot gateway = snapshot(granting(external.toArray(ExternalRoute[]::new)));
    Random random = new Random(1);
    for (int i = 0; i < 10; i++) {
      Collections.shuffle(outbound, random);
      Collections.shuffle(external, random);
      assertThat(snapshot(sidecar(outbound.toArray(OutboundRoute[]::new)))).isEqualTo(sidecar);
      assertThat(snapshot(granting(external.toArray(ExternalRoute[]::new)))).isEqualTo(gateway);
    }
  }

  private static ScopeView granting(ExternalRoute... routes) {
    return gateway(List.of(), listener(80, 80, routes));
  }

  private Snapshot snapshot(ScopeView view) {
    return Snapshot.of(compiler.compile(view));
  }

  /// Type and name of the resources that only one of the two has, or that have another version.
  private Set<String> changed(ScopeView before, ScopeView after) {
    Set<String> old = versions(before);
    Set<String> now = versions(after);
    Set<String> changed = new TreeSet<>();
    old.stream().filter(resource -> !now.contains(resource)).forEach(changed::add);
    now.stream().filter(resource -> !old.contains(resource)).forEach(changed::add);
    return changed.stream()
        .map(resource -> resource.substring(0, resource.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> versions(ScopeView view) {
    return compiler.compile(view).stream()
        .map((VersionedResource resource) ->
            resource.type() + " " + resource.name() + " " + resource.version())
        .collect(Collectors.toSet());
  }
}
