package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.EgressTrafficPolicy.EgressRule;
import io.sallyport.policy.EgressTrafficPolicy.HttpsUpgrade;
import io.sallyport.policy.EgressTrafficPolicy.Port;
import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.GatewayClass;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Position;
import io.sallyport.policy.Resource;
import io.sallyport.policy.WorkloadEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Documents as if a user had written them, each at the first line of a file of its name.
final class Written {
  private Written() {}

  static Document at(String file, int line, Resource resource) {
    return new Document(resource, Map.of(FieldPath.ROOT, new Position(file, line, 1)));
  }

  static Document of(Resource resource) {
    return at(resource.metadata().name() + ".yaml", 1, resource);
  }

  static Change upsert(Resource resource) {
    return new Change.Upsert("file:a", of(resource));
  }

  static WorkloadEntry workload(
      String namespace, String name, String address, String account, Map<String, String> labels) {
    return new WorkloadEntry(Metadata.of(namespace, name), address, Map.of(), labels, account);
  }

  /// A workload with a label `app` and an account, both of its own name.
  static WorkloadEntry sidecar(String namespace, String name) {
    return workload(namespace, name, "127.0.1.1", name, Map.of("app", name));
  }

  static WorkloadEntry proxy(String name, String gateway, String address) {
    return workload(
        "istio-egress",
        name,
        address,
        gateway,
        Map.of("gateway.networking.k8s.io/gateway-name", gateway));
  }

  static Gateway gateway(String name, Listener... listeners) {
    return new Gateway(
        Kind.GATEWAY,
        Metadata.of("istio-egress", name),
        GatewayClass.SALLYPORT_EGRESS,
        List.of(listeners));
  }

  static Listener http(int port) {
    return new Listener("http-" + port, port, Gateway.Protocol.HTTP);
  }

  static Listener tls(int port) {
    return new Listener("tls-" + port, port, Gateway.Protocol.TLS);
  }

  /// HTTP to hosts on `port`, by the gateway's port `gatewayPort`.
  static Destination to(int port, int gatewayPort, String... hosts) {
    return new Destination(
        "to",
        List.of(hosts),
        new Port("http", port, Protocol.HTTP),
        Optional.of(gatewayPort),
        Optional.empty());
  }

  /// HTTP that the gateway sends on by TLS to `upgradePort`.
  static Destination upgraded(int port, int gatewayPort, int upgradePort, String... hosts) {
    Destination http = to(port, gatewayPort, hosts);
    return new Destination(
        http.name(),
        http.hosts(),
        http.port(),
        http.gatewayPort(),
        Optional.of(new HttpsUpgrade(upgradePort, true)));
  }

  /// TLS that applications start.
  static Destination tls(int port, int gatewayPort, String... hosts) {
    return new Destination(
        "to",
        List.of(hosts),
        new Port("https", port, Protocol.HTTPS),
        Optional.of(gatewayPort),
        Optional.empty());
  }

  static Source app(String namespace, String app) {
    return new Source(namespace, Map.of("app", app));
  }

  static EgressRule rule(Source from, Destination... to) {
    return new EgressRule(List.of(from), List.of(to));
  }

  /// A policy `egress-by-NAME` for the gateway of that name.
  static EgressTrafficPolicy policy(String gateway, EgressRule... rules) {
    return policy("egress-by-" + gateway, gateway, Optional.empty(), rules);
  }

  static EgressTrafficPolicy policy(
      String name, String gateway, Optional<Instant> created, EgressRule... rules) {
    return new EgressTrafficPolicy(
        Kind.ASM_EGRESS_TRAFFIC_POLICY,
        new Metadata("istio-egress", name, Map.of(), Map.of(), created),
        gateway,
        List.of(rules));
  }

  /// As above, but of our own kind, which has no naming convention.
  static EgressTrafficPolicy own(String name, String gateway, EgressRule... rules) {
    return own(name, gateway, Optional.empty(), rules);
  }

  static EgressTrafficPolicy own(
      String name, String gateway, Optional<Instant> created, EgressRule... rules) {
    return new EgressTrafficPolicy(
        Kind.EGRESS_TRAFFIC_POLICY,
        new Metadata("istio-egress", name, Map.of(), Map.of(), created),
        gateway,
        List.of(rules));
  }

  /// A mesh with gateway `egressgateway` (HTTP on 80 and 8080, TLS on 443) and its proxy, and the
  /// sidecars mytest/sleep-a and default/nginx.
  static ResourceImage mesh(Resource... more) {
    return with(
        with(
            ResourceImage.EMPTY,
            gateway("egressgateway", http(80), http(8080), tls(443)),
            proxy("egressgateway-0", "egressgateway", "127.0.2.1"),
            sidecar("mytest", "sleep-a"),
            sidecar("default", "nginx")),
        more);
  }

  static ResourceImage with(ResourceImage image, Resource... more) {
    return image.with(java.util.Arrays.stream(more).map(Written::upsert).toList());
  }
}
