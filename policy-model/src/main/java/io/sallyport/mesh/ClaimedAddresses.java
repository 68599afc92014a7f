package io.sallyport.mesh;

import io.sallyport.policy.ValueMatch.AddressRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Blocks of addresses of one IP version and the hosts that they stand for. Blocks of one host,
/// however many and however nested, are passed over at once, so that looking for those of others
/// takes a time that hardly grows with their number.
///
/// @param <T> what else is known of a block
final class ClaimedAddresses<T> {
  /// No host: several.
  private static final String SEVERAL = "";

  /// By the first address, and by host.
  private final NavigableMap<String, Map<String, List<Claim<T>>>> byFirst = new TreeMap<>();

  /// Runs of first addresses, each by its lowest and up to the next: the host that alone has blocks
  /// there.
  private final NavigableMap<String, String> runs = new TreeMap<>();

  private long looked;

  record Claim<T>(AddressRange block, String host, T about) {}

  void add(Claim<T> claim) {
    String first = claim.block().first();
    Map<String, List<Claim<T>>> here = byFirst.computeIfAbsent(first, _ -> new LinkedHashMap<>());
    here.computeIfAbsent(claim.host(), _ -> new ArrayList<>()).add(claim);
    mark(first, here.size() == 1 ? claim.host() : SEVERAL);
  }

  private void mark(String first, String host) {
    Map.Entry<String, String> around = runs.floorEntry(first);
    if (around != null && around.getValue().equals(host)) {
      return;
    }
    String next = byFirst.higherKey(first);
    if (around != null && next != null) {
      runs.putIfAbsent(next, around.getValue());
    }
    runs.put(first, host);
    if (next != null) {
      runs.remove(next, host); // one run with this one
    }
  }

  /// A block of another host that overlaps `block`, which two do if one is within the other: one
  /// around it, the widest first, or else one within it, the lowest first.
  Optional<Claim<T>> ofOthers(String host, AddressRange block, Predicate<T> concerned) {
    if (runs.size() == 1 && runs.containsValue(host)) {
      return Optional.empty();
    }
    for (AddressRange outer : block.enclosing()) {
      Optional<Claim<T>> found =
          at(outer.first(), host, claim -> claim.block().equals(outer), concerned);
      if (found.isPresent()) {
        return found;
      }
    }
    String last = block.last();
    String first = byFirst.ceilingKey(block.first());
    while (first != null && first.compareTo(last) <= 0) {
      if (runs.floorEntry(first).getValue().equals(host)) {
        looked++;
        first = runs.higherKey(first);
        continue;
      }
      Optional<Claim<T>> found = at(first, host, _ -> true, concerned);
      if (found.isPresent()) {
        return found;
      }
      first = byFirst.higherKey(first);
    }
    return Optional.empty();
  }

  private Optional<Claim<T>> at(
      String first, String host, Predicate<Claim<T>> overlaps, Predicate<T> concerned) {
    looked++;
    for (Map.Entry<String, List<Claim<T>>> ofHost :
        byFirst.getOrDefault(first, Map.of()).entrySet()) {
      if (ofHost.getKey().equals(host)) {
        continue;
      }
      for (Claim<T> claim : ofHost.getValue()) {
        looked++;
        if (overlaps.test(claim) && concerned.test(claim.about())) {
          return Optional.of(claim);
        }
      }
    }
    return Optional.empty();
  }

  /// At how many places it has looked so far.
  long looked() {
    return looked;
  }
}
