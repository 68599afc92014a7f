package io.sallyport.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.Change;
import io.sallyport.policy.Resource;
import io.sallyport.policy.ResourceKey;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.xds.ProxyId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However the sources' changes interleave and however they are cut into batches, connected proxies
/// end with the snapshots that a control plane started afterwards would give them.
class BatchOrderTest {
  private static final List<String> NODES =
      List.of("sidecar~mytest~sleep", "sidecar~default~nginx", "egress-gateway~istio-egress~gw-0");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void allEndInTheSameSnapshots(long seed) {
    Random random = new Random(seed);
    Map<ResourceKey, List<Change>> histories = histories(random);
    List<Change> last = new ArrayList<>();
    histories.values().forEach(history -> last.add(history.getLast()));
    Map<ProxyId, Snapshot> expected = connected(new ControlPlaneFixture(), last);
    for (int i = 0; i < 5; i++) {
      assertThat(live(interleave(histories, random), random)).isEqualTo(expected);
    }
  }

  private static Map<ProxyId, Snapshot> connected(ControlPlaneFixture plane, List<Change> more) {
    plane.apply(Mesh.whole());
    plane.apply(more);
    NODES.forEach(node -> plane.connect(node, account(node)));
    return plane.registry.snapshots();
  }

  private static Map<ProxyId, Snapshot> live(List<Change> changes, Random random) {
    ControlPlaneFixture plane = new ControlPlaneFixture();
    connected(plane, List.of());
    for (Change change : changes) {
      plane.reconciler.offer(List.of(change));
      if (random.nextInt(4) == 0) {
        plane.reconciler.step();
      }
    }
    plane.reconciler.step();
    assertThat(plane.faults).isEmpty();
    return plane.registry.snapshots();
  }

  private static String account(String node) {
    return switch (node) {
      case "sidecar~mytest~sleep" -> "sleep";
      case "sidecar~default~nginx" -> "nginx";
      default -> "gw";
    };
  }

  private static Map<ResourceKey, List<Change>> histories(Random random) {
    Map<ResourceKey, List<Change>> histories = new LinkedHashMap<>();
    List<Supplier<Resource>> resources = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String name = "p" + i;
      String app = random.nextBoolean() ? "sleep" : "nginx";
      resources.add(() ->
          Mesh.policy(
              name, app.equals("sleep") ? "mytest" : "default", app, host(random.nextInt(4))));
    }
    resources.add(() -> Mesh.proxy("gw-1", "127.0.2." + (2 + random.nextInt(3))));
    resources.add(Mesh::gateway);
    resources.add(() -> Mesh.sidecar("mytest", "sleep"));
    for (Supplier<Resource> resource : resources) {
      histories.put(resource.get().key(), history(resource, random));
    }
    return histories;
  }

  private static String host(int number) {
    return "host-" + number + ".test";
  }

  /// Ends with a form that is in force or with a deletion.
  private static List<Change> history(Supplier<Resource> resource, Random random) {
    List<Change> history = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      Resource form = resource.get();
      history.add(
          switch (random.nextInt(4)) {
            case 0 -> Mesh.delete(form);
            case 1 ->
                i == 0 ? Mesh.upsert(form) : new Change.Invalid(Mesh.SOURCE, form.key(), List.of());
            default -> Mesh.upsert(form);
          });
    }
    // The fixture's own workload must be there for it to connect at all.
    if (history.getLast() instanceof Change.Delete(_, ResourceKey key)
        && (key.name().equals("sleep") || key.name().equals("gw"))) {
      history.add(Mesh.upsert(resource.get()));
    }
    return history;
  }

  private static List<Change> interleave(Map<ResourceKey, List<Change>> histories, Random random) {
    List<ResourceKey> turns = new ArrayList<>();
    histories.forEach((key, history) -> history.forEach(_ -> turns.add(key)));
    Collections.shuffle(turns, random);
    Map<ResourceKey, Integer> next = new HashMap<>();
    List<Change> changes = new ArrayList<>();
    for (ResourceKey key : turns) {
      int index = next.merge(key, 1, Integer::sum) - 1;
      changes.add(Objects.requireNonNull(histories.get(key)).get(index));
    }
    return changes;
  }
}
