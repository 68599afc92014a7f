package io.sallyport.policy;

import java.util.Comparator;

/// What makes a document unique: its kind, namespace (empty for kinds without one) and name.
public record ResourceKey(Kind kind, String namespace, String name)
    implements Comparable<ResourceKey> {
  private static final Comparator<ResourceKey> ORDER =
      Comparator.comparing(ResourceKey::kind)
          .thenComparing(ResourceKey::namespace)
          .thenComparing(ResourceKey::name);

  @Override
  public int compareTo(ResourceKey other) {
    return ORDER.compare(this, other);
  }

  /// `namespace/name`, or the name alone where there is no namespace.
  public String qualifiedName() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  @Override
  public String toString() {
    return kind + " " + qualifiedName();
  }
}
