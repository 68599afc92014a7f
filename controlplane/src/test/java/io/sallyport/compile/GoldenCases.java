package io.sallyport.compile;

import static io.sallyport.compile.Views.NGINX;
import static io.sallyport.compile.Views.SLEEP_A;
import static io.sallyport.compile.Views.external;
import static io.sallyport.compile.Views.gateway;
import static io.sallyport.compile.Views.grant;
import static io.sallyport.compile.Views.listener;
import static io.sallyport.compile.Views.rule;
import static io.sallyport.compile.Views.sidecar;
import static io.sallyport.compile.Views.to;

import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.policy.Origin;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The cases whose whole output is kept as golden files, `compile/CASE/out/SCOPE/`.
final class GoldenCases {
  private static final List<String> HTTPBIN = List.of("127.0.3.1");

  private GoldenCases() {}

  /// By case, then by scope.
  static Map<String, Map<String, ScopeView>> all() {
    Map<String, Map<String, ScopeView>> cases = new TreeMap<>();
    cases.put(
        "no-rule", Map.of("sleep-a", sidecar(), "gateway", gateway(List.of(), listener(80, 80))));
    cases.put("http", http());
    cases.put("two-ports", twoPorts());
    cases.put("two-addresses", twoAddresses());
    cases.put("dns", dns());
    cases.put("overlapping-grants", overlappingGrants());
    cases.put("no-principals", noPrincipals());
    cases.put("interception", interception());
    cases.put("remapped-ports", remappedPorts());
    return cases;
  }

  /// The seed's case 1.
  private static Map<String, ScopeView> http() {
    Origin rule = rule(0, 0);
    return Map.of(
        "sleep-a",
        sidecar(to("httpbin.org", 80, rule), to("www.httpbin.org", 80, rule)),
        "nginx",
        sidecar(),
        "gateway",
        gateway(
            List.of(),
            listener(
                80,
                80,
                external("httpbin.org", 80, HTTPBIN, grant(rule, SLEEP_A)),
                external("www.httpbin.org", 80, HTTPBIN, grant(rule, SLEEP_A)))));
  }

  private static Map<String, ScopeView> twoPorts() {
    Origin web = rule(0, 0);
    Origin other = rule(0, 1);
    return Map.of(
        "sleep-a",
        sidecar(
            to("httpbin.org", 80, web),
            new OutboundRoute(8080, "httpbin.org", Views.hop(8080), List.of(other))),
        "gateway",
        gateway(
            List.of(),
            listener(80, 80, external("httpbin.org", 80, HTTPBIN, grant(web, SLEEP_A))),
            listener(8080, 8080, external("httpbin.org", 8080, HTTPBIN, grant(other, SLEEP_A)))));
  }

  private static Map<String, ScopeView> twoAddresses() {
    Origin rule = rule(0, 0);
    return Map.of(
        "gateway",
        gateway(
            List.of(),
            listener(
                80,
                80,
                external("a.example", 80, List.of("127.0.3.1"), grant(rule, SLEEP_A)),
                external("b.example", 80, List.of("127.0.3.2", "fd00::2"), grant(rule, SLEEP_A)))));
  }

  private static Map<String, ScopeView> dns() {
    ScopeView.GatewayListener listener =
        listener(80, 80, external("httpbin.org", 80, List.of(), grant(rule(0, 0), SLEEP_A)));
    return Map.of(
        "gateway-own-resolvers",
        gateway(List.of(), listener),
        "gateway-resolvers",
        gateway(List.of("10.0.0.53", "10.0.0.54:5353", "fd00::53", "[fd00::54]:5353"), listener));
  }

  private static Map<String, ScopeView> overlappingGrants() {
    Origin first = rule(0, 0);
    Origin second = rule(1, 0);
    Origin elsewhere = rule("partners", 0, 0);
    return Map.of(
        "sleep-a",
        sidecar(to("httpbin.org", 80, first, elsewhere)),
        "gateway",
        gateway(
            List.of(),
            listener(
                80,
                80,
                external(
                    "httpbin.org",
                    80,
                    HTTPBIN,
                    grant(first, SLEEP_A),
                    grant(second, NGINX),
                    grant(elsewhere, NGINX, SLEEP_A)))));
  }

  private static Map<String, ScopeView> noPrincipals() {
    return Map.of(
        "gateway",
        gateway(
            List.of(), listener(80, 80, external("httpbin.org", 80, HTTPBIN, grant(rule(0, 0))))));
  }

  private static Map<String, ScopeView> interception() {
    Map<String, ScopeView> scopes = new TreeMap<>();
    for (Interception interception : Interception.values()) {
      String name = interception.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      scopes.put(
          name, sidecar(new ListenOptions(interception, "127.0.0.1:15001", "127.0.0.1:15006", "")));
    }
    scopes.put(
        "redirect-ipv6",
        sidecar(new ListenOptions(Interception.REDIRECT, "[::1]:25001", "[::1]:25006", "")));
    return scopes;
  }

  private static Map<String, ScopeView> remappedPorts() {
    ScopeView.GatewayListener listener =
        listener(80, 18080, external("httpbin.org", 80, HTTPBIN, grant(rule(0, 0), SLEEP_A)));
    ListenOptions own = ListenOptions.DEFAULT;
    ListenOptions bound =
        new ListenOptions(own.interception(), own.outbound(), own.inbound(), "127.0.2.9");
    return Map.of(
        "own-address", gateway("127.0.2.1", own, List.of(), listener),
        "bound", gateway("127.0.2.1", bound, List.of(), listener),
        "named", gateway("egress-0.example", own, List.of(), listener));
  }
}
