package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// A mesh that changes at random and is always consistent: each listener has a route of its name, a
/// route leads only to clusters that are there, each cluster has endpoints. A route's mark tells
/// where it leads, as in `r7>c1,c2`; a mark with `!` is one that clients refuse.
final class ModelMesh {
  private final Random random;
  private final SortedMap<String, String> clusters = new TreeMap<>();
  private final SortedMap<String, String> endpoints = new TreeMap<>();
  private final SortedMap<String, String> listeners = new TreeMap<>();
  private final SortedMap<String, List<String>> leadsTo = new TreeMap<>();
  private final SortedMap<String, String> routes = new TreeMap<>();
  private String secret;
  private int revision;

  ModelMesh(Random random) {
    this.random = random;
    secret = next("");
    change();
  }

  Snapshot snapshot() {
    List<VersionedResource> all = new ArrayList<>();
    clusters.forEach((name, mark) -> all.add(resource(ResourceType.CLUSTER, name, mark)));
    endpoints.forEach((name, mark) -> all.add(resource(ResourceType.ENDPOINT, name, mark)));
    listeners.forEach((name, mark) -> all.add(resource(ResourceType.LISTENER, name, mark)));
    routes.forEach((name, mark) ->
        all.add(
            resource(ResourceType.ROUTE, name, mark + ">" + String.join(",", leadsTo.get(name)))));
    all.add(resource(ResourceType.SECRET, "s", secret));
    return Snapshot.of(all);
  }

  private static VersionedResource resource(ResourceType type, String name, String mark) {
    return Samples.resource(type, name, 0, mark);
  }

  /// Where a route leads, by its mark.
  static List<String> leadsTo(String mark) {
    return mark.endsWith(">")
        ? List.of()
        : List.of(mark.substring(mark.indexOf('>') + 1).split(","));
  }

  /// Changes something, perhaps for the worse.
  void change() {
    for (int i = random.nextInt(3); i >= 0; i--) {
      step(random.nextInt(8) == 0 ? "!" : "");
    }
  }

  /// Makes everything new and good.
  void heal() {
    for (SortedMap<String, String> marks : List.of(clusters, endpoints, listeners, routes)) {
      marks.replaceAll((_, _) -> next(""));
    }
    secret = next("");
  }

  private void step(String flaw) {
    String cluster = "c" + random.nextInt(6);
    String listener = "l" + random.nextInt(4);
    switch (random.nextInt(7)) {
      case 0, 1 -> {
        clusters.put(cluster, next(flaw));
        endpoints.putIfAbsent(cluster, next(""));
      }
      case 2 -> {
        clusters.remove(cluster);
        endpoints.remove(cluster);
        leadsTo.forEach((name, targets) -> {
          if (targets.contains(cluster)) {
            routes.put(name, next(flaw));
          }
        });
        leadsTo.replaceAll(
            (_, targets) -> targets.stream().filter(target -> !target.equals(cluster)).toList());
      }
      case 3 -> {
        if (endpoints.containsKey(cluster)) {
          endpoints.put(cluster, next(flaw));
        }
      }
      case 4 -> {
        listeners.put(listener, next(flaw));
        route(listener, "");
      }
      case 5 -> {
        listeners.remove(listener);
        routes.remove(listener);
        leadsTo.remove(listener);
      }
      default -> {
        secret = next(flaw);
        if (listeners.containsKey(listener)) {
          route(listener, flaw);
        }
      }
    }
  }

  private void route(String name, String flaw) {
    routes.put(name, next(flaw));
    leadsTo.put(
        name, clusters.keySet().stream().filter(_ -> random.nextInt(3) > 0).limit(2).toList());
  }

  private String next(String flaw) {
    return "#" + ++revision + flaw;
  }

  /// When a mark was made; later ones are larger.
  static int age(String mark) {
    String digits = mark.substring(mark.indexOf('#') + 1);
    return Integer.parseInt(digits.replaceAll("[^0-9].*", ""));
  }

  @Override
  public String toString() {
    return "clusters "
        + clusters
        + " endpoints "
        + endpoints
        + " listeners "
        + listeners
        + " routes "
        + routes
        + " to "
        + leadsTo;
  }
}
