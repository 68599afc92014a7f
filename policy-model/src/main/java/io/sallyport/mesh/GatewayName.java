package io.sallyport.mesh;

import java.util.Comparator;

/// A gateway's namespace and name.
record GatewayName(String namespace, String name) implements Comparable<GatewayName> {
  private static final Comparator<GatewayName> ORDER =
      Comparator.comparing(GatewayName::namespace).thenComparing(GatewayName::name);

  static GatewayName of(ServicePort service) {
    return new GatewayName(service.namespace(), service.name());
  }

  @Override
  public int compareTo(GatewayName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
