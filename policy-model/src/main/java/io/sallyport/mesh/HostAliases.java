package io.sallyport.mesh;

import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.MeshConfig.HostAlias;
import io.sallyport.policy.WildcardHost;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The names that have fixed addresses (`dns.hostAliases`).
final class HostAliases {
  private final Map<String, Set<String>> addresses = new HashMap<>();
  private final Map<String, SortedMap<String, List<String>>> below = new HashMap<>();

  HostAliases(List<HostAlias> aliases) {
    for (HostAlias alias : aliases) {
      for (String host : alias.hostnames()) {
        addresses.computeIfAbsent(host, _ -> new LinkedHashSet<>()).add(alias.ip());
      }
    }
    for (String host : addresses.keySet()) {
      for (String wildcard : WildcardHost.around(host)) {
        below.computeIfAbsent(wildcard, _ -> new TreeMap<>()).put(host, of(host));
      }
    }
  }

  /// The fixed addresses of a host, possibly none; an IP address is its own.
  List<String> of(String host) {
    return IpLiteral.isIp(host)
        ? List.of(host)
        : List.copyOf(addresses.getOrDefault(host, Set.of()));
  }

  /// The fixed addresses of the names below a wildcard that have some; none of another host.
  SortedMap<String, List<String>> below(String wildcard) {
    return below.getOrDefault(wildcard, new TreeMap<>());
  }
}
