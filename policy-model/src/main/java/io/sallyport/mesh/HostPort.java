package io.sallyport.mesh;

import java.util.Comparator;

/// An outside host and one of its ports, sorted by port.
record HostPort(int port, String host) implements Comparable<HostPort> {
  private static final Comparator<HostPort> ORDER =
      Comparator.comparingInt(HostPort::port).thenComparing(HostPort::host);

  @Override
  public int compareTo(HostPort other) {
    return ORDER.compare(this, other);
  }
}
