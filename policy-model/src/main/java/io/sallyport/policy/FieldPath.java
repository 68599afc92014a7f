package io.sallyport.policy;

/// The place of a field in a document, as a user would write it: `spec.egressRules[0].to[1].port`.
public record FieldPath(String text) implements Comparable<FieldPath> {
  /// The document itself.
  public static final FieldPath ROOT = new FieldPath("");

  public FieldPath child(String field) {
    return new FieldPath(text.isEmpty() ? field : text + "." + field);
  }

  public FieldPath index(int index) {
    return new FieldPath(text + "[" + index + "]");
  }

  @Override
  public int compareTo(FieldPath other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
