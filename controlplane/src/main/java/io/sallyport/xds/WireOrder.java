package io.sallyport.xds;

import static io.sallyport.snapshot.ResourceType.CLUSTER;
import static io.sallyport.snapshot.ResourceType.ENDPOINT;
import static io.sallyport.snapshot.ResourceType.LISTENER;
import static io.sallyport.snapshot.ResourceType.ROUTE;
import static io.sallyport.snapshot.ResourceType.SECRET;

import io.sallyport.snapshot.ResourceType;
import java.util.List;
import java.util.Set;

/// The order in which changes go out, in the one place that says it (xDS protocol, "Eventual
/// consistency considerations").
///
/// Make before break: a resource goes out after what it uses was taken, and is removed after all
/// that used it. Clusters first. Their endpoints and secrets right behind, without waiting for an
/// answer, because Envoy answers for clusters only once they are warm, which takes endpoints and
/// secrets. Then listeners, then routes, each after the answers before it. Then the removals: a
/// listener, its routes, the clusters that those led to, the endpoints of these.
///
/// A removal waits as long as the client refuses something that could be the replacement: what it
/// then still runs may need what would be removed.
final class WireOrder {
  /// One kind of change of one type.
  ///
  /// @param settled types that must have nothing more to add or change, and no answer outstanding
  /// @param removed types that must have nothing more to remove
  /// @param unparked types of which nothing may stand refused
  record Step(
      ResourceType type,
      boolean removal,
      Set<ResourceType> settled,
      Set<ResourceType> removed,
      Set<ResourceType> unparked) {}

  private static final Set<ResourceType> USERS = Set.of(LISTENER, ROUTE);

  static final List<Step> STEPS =
      List.of(
          upsert(CLUSTER),
          upsert(ENDPOINT),
          upsert(SECRET),
          upsert(LISTENER, CLUSTER),
          upsert(ROUTE, CLUSTER, LISTENER),
          removal(LISTENER, Set.of(), Set.of(LISTENER)),
          removal(ROUTE, Set.of(LISTENER), USERS),
          removal(CLUSTER, USERS, USERS),
          removal(ENDPOINT, Set.of(LISTENER, ROUTE, CLUSTER), USERS),
          removal(SECRET, Set.of(LISTENER, ROUTE, CLUSTER), USERS));

  private WireOrder() {}

  private static Step upsert(ResourceType type, ResourceType... settled) {
    return new Step(type, false, Set.of(settled), Set.of(), Set.of());
  }

  private static Step removal(
      ResourceType type, Set<ResourceType> removed, Set<ResourceType> unparked) {
    return new Step(type, true, Set.of(CLUSTER, LISTENER, ROUTE), removed, unparked);
  }
}
