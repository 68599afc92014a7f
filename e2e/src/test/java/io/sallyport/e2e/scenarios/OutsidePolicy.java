package io.sallyport.e2e.scenarios;

import io.sallyport.e2e.harness.DnsServer;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.Mesh;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// One `EgressTrafficPolicy` that a test puts together, destination by destination, and the outside
/// names that it speaks of.
final class OutsidePolicy {
  static final String FILE = "policy.yaml";

  private final StringBuilder destinations = new StringBuilder();
  private String resolvers = "";
  private final SortedMap<String, SortedSet<String>> aliases = new TreeMap<>();

  /// A name that the gateway finds at an address.
  OutsidePolicy alias(String address, String name) {
    aliases.computeIfAbsent(address, _ -> new TreeSet<>()).add(name);
    return this;
  }

  /// Where the gateway asks for other names.
  OutsidePolicy resolver(DnsServer dns) {
    resolvers = "    resolvers: [\"%s\"]\n".formatted(dns.address());
    return this;
  }

  /// A destination for HTTP, by the gateway's port 80.
  ///
  /// @param options further fields, a line each
  OutsidePolicy http(String host, int port, String... options) {
    return destination(host, port, "HTTP", "byEgressGateway: {port: 80}", options);
  }

  /// A destination for TLS that applications start.
  OutsidePolicy tls(String host, int port, String... options) {
    return destination(host, port, "HTTPS", "name: tls", options);
  }

  private OutsidePolicy destination(
      String host, int port, String protocol, String first, String... options) {
    destinations.append(
        """
        - hosts: [%s]
          port: {number: %d, protocol: %s}
          %s
        """
            .formatted(host, port, protocol, first));
    for (String option : options) {
      destinations.append("  ").append(option).append('\n');
    }
    return this;
  }

  /// Puts it in force for `sleep-a`, and then for others.
  ///
  /// @param from further sources of its only rule, as YAML items each
  void apply(Mesh mesh, String... from) {
    String known = "    hostAliases:\n";
    mesh.documents()
        .replaceInMesh(
            known,
            resolvers
                + known
                + aliases.entrySet().stream()
                    .map(entry ->
                        "      - {ip: \"%s\", hostnames: [%s]}\n"
                            .formatted(entry.getKey(), String.join(", ", entry.getValue())))
                    .collect(Collectors.joining()));
    StringBuilder sources = new StringBuilder("{namespace: mytest}");
    for (String source : from) {
      sources.append(", ").append(source);
    }
    mesh.documents()
        .write(FILE, Documents.ownPolicy("outside", sources.toString(), destinations.toString()));
  }
}
