package io.sallyport.e2e.harness;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// The mesh in which a scenario runs: the workloads `sleep-a` and `nginx` with their sidecars, an
/// egress gateway, a control plane and a pretend internet. What these parts are made of, processes
/// on loopback or containers, is no affair of the scenario.
public interface Mesh extends AutoCloseable {
  /// Addresses and ports, as the workloads see them.
  Layout layout();

  /// The documents that the control plane watches.
  Documents documents();

  /// What is outside.
  Internet internet();

  /// The application beside the sidecar of `sleep-a`.
  Application sleepAApplication();

  /// The application beside the sidecar of `nginx`.
  Application nginxApplication();

  /// The sidecar of `sleep-a`.
  Proxy sleepA();

  /// The sidecar of `nginx`.
  Proxy nginx();

  /// The egress gateway.
  Proxy gateway();

  /// An address on which a test can be an outside host itself. The gateway reaches it; what an
  /// application sends there is captured. But it is this machine's, so no network keeps a sidecar
  /// from dialling it past the gateway, as it is kept from the hosts of [#internet].
  String outside();

  /// Such an address of IPv6; empty where this machine has none.
  Optional<String> outsideOfIpv6();

  /// Another such address, of IPv4.
  String elsewhere();

  /// The IPv4 addresses that the sidecar of `sleep-a` answers for a name.
  Set<String> resolve(String name);

  /// Starts a further gateway of that name, with documents of its own: HTTP on port 80. There is
  /// room for one.
  Proxy startAnotherGateway();

  /// What a proxy starts from: a directory with its `tls.crt`, `tls.key` and `ca.crt`.
  ///
  /// @param proxy `NAMESPACE-WORKLOAD`
  Path bootstrap(String proxy);

  /// What `sallyport status` shows, as JSON.
  String status();

  /// The last lines that the control plane wrote, for a message.
  String controlPlaneTail();

  @Override
  void close();
}
