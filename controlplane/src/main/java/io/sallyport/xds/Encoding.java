package io.sallyport.xds;

/// The two forms in which xDS is spoken (xDS protocol, "Variants of the xDS transport protocol").
public enum Encoding {
  /// Changes travel alone: `DeltaDiscoveryRequest` and `DeltaDiscoveryResponse`.
  INCREMENTAL("incremental"),
  /// Clusters and listeners travel all together, the other types as they change: `DiscoveryRequest`
  /// and `DiscoveryResponse`.
  STATE_OF_THE_WORLD("sotw");

  private final String label;

  Encoding(String label) {
    this.label = label;
  }

  /// The name people use.
  public String label() {
    return label;
  }
}
