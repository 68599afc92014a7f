package io.sallyport.reconcile;

import io.sallyport.mesh.Change;
import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.EgressTrafficPolicy.EgressRule;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Documents of a small mesh, and the changes that bring them: gateway istio-egress/gw with the
/// proxy gw-0, and the sidecars mytest/sleep and default/nginx.
final class Mesh {
  static final String SOURCE = "file:test";

  private Mesh() {}

  static Change upsert(Resource resource) {
    Position position = new Position(resource.metadata().name() + ".yaml", 1, 1);
    return new Change.Upsert(SOURCE, new Document(resource, Map.of(FieldPath.ROOT, position)));
  }

  static Change delete(Resource resource) {
    return new Change.Delete(SOURCE, resource.key());
  }

  static Change resync() {
    return new Change.Resync(SOURCE);
  }

  static List<Change> changes(Resource... resources) {
    return Arrays.stream(resources).map(Mesh::upsert).toList();
  }

  /// Everything, and that it is everything.
  static List<Change> whole(Resource... more) {
    List<Change> changes = new ArrayList<>();
    changes.add(upsert(gateway()));
    changes.add(upsert(proxy("gw-0", "127.0.2.1")));
    changes.add(upsert(sidecar("mytest", "sleep")));
    changes.add(upsert(sidecar("default", "nginx")));
    changes.addAll(changes(more));
    changes.add(resync());
    return changes;
  }

  static Gateway gateway() {
    return new Gateway(
        Kind.GATEWAY,
        Metadata.of("istio-egress", "gw"),
        GatewayClass.SALLYPORT_EGRESS,
        List.of(new Listener("http", 80, Gateway.Protocol.HTTP)));
  }

  static WorkloadEntry proxy(String name, String address) {
    return workload(
        "istio-egress",
        name,
        address,
        "gw",
        Map.of("gateway.networking.k8s.io/gateway-name", "gw"));
  }

  /// A workload with a label `app` and an account, both of its own name.
  static WorkloadEntry sidecar(String namespace, String name) {
    return workload(namespace, name, "127.0.1.1", name, Map.of("app", name));
  }

  static WorkloadEntry workload(
      String namespace, String name, String address, String account, Map<String, String> labels) {
    return new WorkloadEntry(Metadata.of(namespace, name), address, Map.of(), labels, account);
  }

  /// HTTP to `host:80` for the workloads of a namespace that carry that label `app`.
  static EgressTrafficPolicy policy(String name, String namespace, String app, String host) {
    Destination destination =
        new Destination(
            "to",
            List.of(host),
            new Port("http", 80, Protocol.HTTP),
            Optional.of(80),
            Optional.empty());
    return new EgressTrafficPolicy(
        Kind.EGRESS_TRAFFIC_POLICY,
        Metadata.of("istio-egress", name),
        "gw",
        List.of(
            new EgressRule(
                List.of(new Source(namespace, Map.of("app", app))), List.of(destination))));
  }
}
