package io.sallyport.mesh;

import io.sallyport.policy.WildcardHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which hosts, of all that were added, stand for some of the names of another. Of two that do, one
/// is a wildcard and covers the other.
final class HostOverlaps {
  private final Set<String> hosts = new HashSet<>();
  private final Map<String, SortedSet<String>> below = new HashMap<>();

  void add(String host) {
    if (hosts.add(host)) {
      for (String wildcard : WildcardHost.around(host)) {
        below.computeIfAbsent(wildcard, _ -> new TreeSet<>()).add(host);
      }
    }
  }

  /// Those that overlap a host, without itself; in a fixed order.
  List<String> of(String host) {
    List<String> overlapping = new ArrayList<>(around(host));
    overlapping.addAll(below.getOrDefault(host, new TreeSet<>()));
    return overlapping;
  }

  /// The wildcards that cover a host, without itself; the longest first.
  List<String> around(String host) {
    return WildcardHost.around(host).stream().filter(hosts::contains).toList();
  }

  /// Of two that overlap, the one that stands for fewer names.
  static String narrower(String one, String other) {
    return WildcardHost.covers(one, other) ? other : one;
  }
}
