package io.sallyport.xds;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a client wants of one type: names, or everything, or both (xDS protocol, "How the client
/// specifies what resources to return").
final class Subscription {
  /// Stands for everything.
  static final String WILDCARD = "*";

  private final Set<String> names = new TreeSet<>();
  private boolean open;
  private boolean wildcard;
  private boolean everNamed;

  /// Whether the client ever asked for this type on this stream.
  boolean isOpen() {
    return open;
  }

  boolean isWildcard() {
    return wildcard;
  }

  /// The names it asked for one by one.
  Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  boolean covers(String name) {
    return wildcard || names.contains(name);
  }

  /// Marks the type as asked for. With `legacyWildcard`, a first request without names asks for
  /// everything.
  void open(boolean legacyWildcard, Collection<String> firstNames) {
    open = true;
    wildcard = legacyWildcard && firstNames.isEmpty();
  }

  void add(String name) {
    if (name.equals(WILDCARD)) {
      wildcard = true;
    } else {
      names.add(name);
    }
  }

  void remove(String name) {
    if (name.equals(WILDCARD)) {
      wildcard = false;
    } else {
      names.remove(name);
    }
  }

  /// Whether a state-of-the-world request for `wanted` changes nothing.
  boolean isAlready(List<String> wanted) {
    return wanted.isEmpty()
        ? names.isEmpty() && (!wildcard || !everNamed)
        : wildcard == wanted.contains(WILDCARD)
            && names.size() + (wildcard ? 1 : 0) == wanted.size()
            && wanted.stream().allMatch(name -> name.equals(WILDCARD) || names.contains(name));
  }

  /// Wants exactly these from now on, as a state-of-the-world request says. A client that never
  /// named anything keeps its legacy wildcard by naming nothing again.
  ///
  /// @return the names that were not wanted before
  List<String> replace(List<String> wanted) {
    if (wanted.isEmpty() && wildcard && !everNamed) {
      return List.of();
    }
    everNamed |= !wanted.isEmpty();
    List<String> added =
        wanted.stream().filter(name -> !name.equals(WILDCARD) && !names.contains(name)).toList();
    wildcard = wanted.contains(WILDCARD);
    names.clear();
    names.addAll(wanted);
    names.remove(WILDCARD);
    return added;
  }
}
