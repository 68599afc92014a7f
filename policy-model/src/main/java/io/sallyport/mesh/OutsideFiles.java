package io.sallyport.mesh;

import io.sallyport.policy.Outside;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// The files that gateways need for TLS to some outside host.
///
/// @param tls with at least one file
/// @param readers the service accounts of the proxies of the gateways that rules name
public record OutsideFiles(Outside.Tls tls, SortedSet<Account> readers) {
  public OutsideFiles {
    readers = Collections.unmodifiableSortedSet(new TreeSet<>(readers));
  }

  /// A service account.
  public record Account(String namespace, String name) implements Comparable<Account> {
    @Override
    public int compareTo(Account other) {
      int byNamespace = namespace.compareTo(other.namespace);
      return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }
  }
}
