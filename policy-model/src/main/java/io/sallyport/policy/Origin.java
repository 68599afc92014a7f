package io.sallyport.policy;

/// Why something exists: the field of the document that asked for it. It holds no line number, so
/// that a comment added above does not change what Envoy gets.
public record Origin(ResourceKey resource, FieldPath field) implements Comparable<Origin> {
  @Override
  public int compareTo(Origin other) {
    int byResource = resource.compareTo(other.resource);
    return byResource != 0 ? byResource : field.compareTo(other.field);
  }
}
