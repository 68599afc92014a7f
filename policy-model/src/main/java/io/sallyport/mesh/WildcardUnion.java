package io.sallyport.mesh;

import io.sallyport.policy.WildcardHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Rules are unioned, but a proxy looks at the narrowest host that a name is one of, and at no
/// other. So what is said of a wildcard is said again of each host below it that the proxy knows.
final class WildcardUnion {
  private WildcardUnion() {}

  /// What is said of each host, with what is said of the wildcards around it: its own first, then
  /// that of the longest.
  ///
  /// @param byHost what rules say of hosts and wildcards
  /// @param known further hosts that the proxy knows
  static <T> SortedMap<String, List<T>> of(Map<String, List<T>> byHost, Collection<String> known) {
    SortedMap<String, List<T>> united = new TreeMap<>();
    byHost.forEach((host, own) -> united.put(host, own));
    if (byHost.keySet().stream().noneMatch(WildcardHost::isWildcard)) {
      return united;
    }
    known.forEach(host -> united.putIfAbsent(host, List.of()));
    united.replaceAll((host, own) -> {
      List<T> all = new ArrayList<>(own);
      WildcardHost.around(host)
          .forEach(wildcard -> all.addAll(byHost.getOrDefault(wildcard, List.of())));
      return all;
    });
    united.values().removeAll(Collections.singleton(List.of()));
    return united;
  }
}
