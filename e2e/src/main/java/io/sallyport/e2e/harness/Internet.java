package io.sallyport.e2e.harness;

/// The outside hosts of a mesh, seen by a scenario.
public interface Internet {
  /// The authority that vouches for these hosts, and for those that a test adds.
  PretendAuthority authority();

  /// How many requests have arrived, over all hosts.
  long requests();
}
