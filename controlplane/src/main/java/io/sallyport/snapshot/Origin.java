package io.sallyport.snapshot;

/// The document and field that a resource comes from, as text: `ASMEgressTrafficPolicy
/// istio-egress/partner-api` and `spec.egressRules[0].to[0]`. It travels beside the resource, so
/// that a NACK can be shown at the policy that caused it.
public record Origin(String resource, String field) implements Comparable<Origin> {
  @Override
  public int compareTo(Origin other) {
    int byResource = resource.compareTo(other.resource);
    return byResource != 0 ? byResource : field.compareTo(other.field);
  }

  @Override
  public String toString() {
    return resource + " " + field;
  }
}
