package io.sallyport.compile;

import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ProxyKind;
import io.sallyport.mesh.Scope;
import io.sallyport.mesh.ScopeView.Allowed;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.mesh.ScopeView.Grant;
import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.Requests;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.mesh.ServicePort;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.MeshConfig.OutboundMode;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside;
import io.sallyport.policy.Outside.Exchange;
import io.sallyport.policy.ResourceKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Views for tests, in the words of the seed's mesh: `sleep-a`, `nginx`, `egressgateway`.
final class Views {
  static final String TRUST_DOMAIN = "cluster.local";
  static final String SLEEP_A = "spiffe://cluster.local/ns/mytest/sa/sleep-a";
  static final String NGINX = "spiffe://cluster.local/ns/default/sa/nginx";
  static final String GATEWAY = "spiffe://cluster.local/ns/istio-egress/sa/egressgateway";

  private Views() {}

  static Origin rule(String policy, int rule, int to) {
    return new Origin(
        new ResourceKey(Kind.ASM_EGRESS_TRAFFIC_POLICY, "istio-egress", policy),
        FieldPath.ROOT.child("spec").child("egressRules").index(rule).child("to").index(to));
  }

  static Origin rule(int rule, int to) {
    return rule("egress-by-egressgateway", rule, to);
  }

  static Hop hop(int port) {
    return new Hop(new ServicePort("istio-egress", "egressgateway", port), ids(GATEWAY));
  }

  static SortedSet<String> ids(String... ids) {
    return new TreeSet<>(List.of(ids));
  }

  static OutboundRoute to(String host, int port, Origin... rules) {
    return new OutboundRoute(port, host, hop(80), Exchange.DEFAULT, allowed(rules));
  }

  static SidecarView sidecar(OutboundRoute... routes) {
    return sidecar(
        new ListenOptions(Interception.PROXY_PROTOCOL, "127.0.1.1:15001", "127.0.1.1:15006", ""),
        routes);
  }

  static SidecarView sidecar(ListenOptions listen, OutboundRoute... routes) {
    Scope scope =
        new Scope(
            ProxyKind.SIDECAR,
            "mytest",
            "sleep-a",
            Map.of("app", "sleep-a"),
            "",
            "",
            Map.of(),
            listen);
    return new SidecarView(
        scope, TRUST_DOMAIN, OutboundMode.REGISTRY_ONLY, List.of(routes), List.of(), List.of());
  }

  /// Every request, by these rules.
  static List<Allowed> allowed(Origin... rules) {
    return Stream.of(rules).map(rule -> new Allowed(rule, Requests.ALL)).toList();
  }

  static Grant grant(Origin rule, String... principals) {
    return new Grant(rule, ids(principals));
  }

  static ExternalRoute external(String host, int port, List<String> addresses, Grant... grants) {
    return new ExternalRoute(
        host, port, Optional.empty(), Outside.DEFAULT, addresses, List.of(), List.of(grants));
  }

  static GatewayListener listener(int port, int bindPort, ExternalRoute... routes) {
    Origin origin =
        new Origin(
            new ResourceKey(Kind.GATEWAY, "istio-egress", "egressgateway"),
            new FieldPath("spec.listeners[0]"));
    return new GatewayListener("p" + port, port, bindPort, origin, List.of(routes));
  }

  static EgressGatewayView gateway(List<String> resolvers, GatewayListener... listeners) {
    return gateway("127.0.2.1", ListenOptions.DEFAULT, resolvers, listeners);
  }

  static EgressGatewayView gateway(
      String address, ListenOptions listen, List<String> resolvers, GatewayListener... listeners) {
    Scope scope =
        new Scope(
            ProxyKind.EGRESS_GATEWAY,
            "istio-egress",
            "egressgateway",
            Map.of("istio", "egressgateway-a"),
            "egressgateway",
            address,
            Map.of(),
            listen);
    return new EgressGatewayView(
        scope, TRUST_DOMAIN, resolvers, List.of(listeners), List.of(), List.of());
  }
}
