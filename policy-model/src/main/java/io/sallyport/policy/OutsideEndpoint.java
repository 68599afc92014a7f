package io.sallyport.policy;

import java.util.Optional;

/// One of the places where a gateway may take what is meant for the hosts of a destination, in
/// place of the hosts themselves.
///
/// @param port that is dialled; empty: the port that the gateway dials for the destination
/// @param weight its share among those of its priority, 1 to 1000
/// @param priority 0 is the first; the next is for when all before it fail
public record OutsideEndpoint(Target target, Optional<Integer> port, int weight, int priority) {
  /// Who is there.
  public sealed interface Target {}

  /// The destination's own host, at another address: its name stays the one that is asked for and
  /// that a certificate must hold.
  ///
  /// @param nameOrIp what is dialled
  public record Address(String nameOrIp) implements Target {}

  /// Another outside host, which is asked for by its own name and must prove that.
  public record Host(String name) implements Target {}

  /// Whether it is another host than the one that an application asks for.
  public boolean isOtherHost() {
    return target instanceof Host;
  }
}
