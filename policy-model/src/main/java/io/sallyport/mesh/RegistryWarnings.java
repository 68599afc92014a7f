package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Gateway;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.WorkloadEntry;
import io.sallyport.policy.problem.Problem;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/// What is odd about gateways and workloads, whatever any policy says.
final class RegistryWarnings {
  private static final FieldPath NAME = new FieldPath("metadata.name");
  private static final FieldPath ACCOUNT = new FieldPath("spec.serviceAccount");

  private final Registry registry;
  private final LinkReport report;

  RegistryWarnings(Registry registry, LinkReport report) {
    this.registry = registry;
    this.report = report;
  }

  private record Account(String namespace, String name) {}

  void warn(Gateways gateways, Iterable<Document> entries) {
    for (Document gateway : gateways.egress()) {
      GatewayName name = new GatewayName(gateway.key().namespace(), gateway.key().name());
      if (registry.proxies(name).isEmpty()) {
        report.add(
            LinkReport.warning(
                gateway,
                NAME,
                "gateway %s has no proxies".formatted(name),
                "a workload of namespace %s becomes one by the label `%s: %s`"
                    .formatted(name.namespace(), Registry.GATEWAY_LABEL, name.name())));
      }
    }
    Map<Account, Document> gatewayAccounts = new HashMap<>();
    for (Document entry : entries) {
      if (kind(entry) == ProxyKind.EGRESS_GATEWAY) {
        gatewayAccounts.putIfAbsent(account(entry), entry);
        warnOfProxy(gateways, entry);
      }
    }
    for (Document entry : entries) {
      Document gateway = gatewayAccounts.get(account(entry));
      if (gateway != null && kind(entry) == ProxyKind.SIDECAR) {
        report.add(sharedWithGateway(entry, gateway));
      }
    }
  }

  private static Problem sharedWithGateway(Document entry, Document gateway) {
    return LinkReport.warning(
        entry,
        ACCOUNT,
        "workload %s shares service account `%s` with %s, a proxy of a gateway"
            .formatted(
                entry.key().qualifiedName(), account(entry).name(), gateway.key().qualifiedName()),
        "whoever holds this account can pose as the gateway; give the gateway an account of its"
            + " own",
        new LinkReport.Place(gateway, ACCOUNT, "the gateway's proxy"));
  }

  private void warnOfProxy(Gateways gateways, Document document) {
    WorkloadEntry entry = (WorkloadEntry) document.resource();
    if (!IpLiteral.isIp(entry.address())) {
      report.add(
          LinkReport.warning(
              document,
              new FieldPath("spec.address"),
              "a proxy of a gateway needs an IP address, got `%s`".formatted(entry.address()),
              "no sidecar can reach this proxy"));
    }
    GatewayName name = Registry.gatewayOf(entry).orElseThrow();
    Gateway gateway = gateways.gateway(name).orElseThrow();
    Map<String, Listener> byName = new HashMap<>();
    Map<Integer, Listener> byBindPort = new HashMap<>();
    for (Listener listener : Gateways.listeners(gateway).values()) {
      byName.put(listener.name(), listener);
      Listener other = byBindPort.putIfAbsent(Gateways.bindPort(listener, entry.ports()), listener);
      if (other != null) {
        report.add(
            LinkReport.error(
                document,
                new FieldPath("spec.ports"),
                "listeners `%s` and `%s` of gateway %s both get port %d"
                    .formatted(
                        other.name(),
                        listener.name(),
                        name,
                        Gateways.bindPort(listener, entry.ports())),
                "listener `%s` is out of force at this proxy".formatted(listener.name())));
      }
    }
    for (String unknown : entry.ports().keySet()) {
      if (!byName.containsKey(unknown)) {
        report.add(
            LinkReport.warning(
                document,
                new FieldPath("spec.ports").child(unknown),
                "gateway %s has no listener `%s`".formatted(name, unknown),
                "its listeners: " + String.join(", ", new TreeSet<>(byName.keySet()))));
      }
    }
  }

  private ProxyKind kind(Document entry) {
    Metadata metadata = entry.resource().metadata();
    return registry
        .workload(metadata.namespace(), metadata.name())
        .map(Workload::proxyKind)
        .orElseThrow();
  }

  private static Account account(Document document) {
    WorkloadEntry entry = (WorkloadEntry) document.resource();
    return new Account(entry.metadata().namespace(), entry.serviceAccount());
  }
}
