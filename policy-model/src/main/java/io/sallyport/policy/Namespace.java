package io.sallyport.policy;

/// Kubernetes `v1 Namespace`: only its name and labels matter.
public record Namespace(Metadata metadata) implements Resource {
  @Override
  public Kind kind() {
    return Kind.NAMESPACE;
  }
}
