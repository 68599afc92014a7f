package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a client says about one type: what it wants, and how it received what it got.
public sealed interface Request {
  ResourceType type();

  /// The nonce of the response that this one answers; empty if it answers none.
  String nonce();

  /// Why that response was refused; empty if it was accepted.
  Optional<String> error();

  /// @param initialVersions on the first request of a type on a stream: what the client has
  record Incremental(
      ResourceType type,
      List<String> subscribe,
      List<String> unsubscribe,
      Map<String, String> initialVersions,
      String nonce,
      Optional<String> error)
      implements Request {
    public Incremental {
      subscribe = List.copyOf(subscribe);
      unsubscribe = List.copyOf(unsubscribe);
      initialVersions = Map.copyOf(initialVersions);
    }
  }

  /// @param names all names that the client wants from now on
  /// @param version the version of the last response of this type that the client accepted, perhaps
  ///   on an earlier stream
  record StateOfTheWorld(
      ResourceType type, List<String> names, String version, String nonce, Optional<String> error)
      implements Request {
    public StateOfTheWorld {
      names = List.copyOf(names);
    }
  }
}
