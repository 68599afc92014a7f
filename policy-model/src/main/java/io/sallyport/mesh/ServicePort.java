package io.sallyport.mesh;

import java.util.Comparator;

/// One port of a service of the mesh. A view names it; its endpoints travel on their own.
public record ServicePort(String namespace, String name, int port)
    implements Comparable<ServicePort> {
  private static final Comparator<ServicePort> ORDER =
      Comparator.comparing(ServicePort::namespace)
          .thenComparing(ServicePort::name)
          .thenComparingInt(ServicePort::port);

  @Override
  public int compareTo(ServicePort other) {
    return ORDER.compare(this, other);
  }
}
