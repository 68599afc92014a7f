package io.sallyport.mesh;

import static io.sallyport.mesh.Written.app;
import static io.sallyport.mesh.Written.gateway;
import static io.sallyport.mesh.Written.http;
import static io.sallyport.mesh.Written.own;
import static io.sallyport.mesh.Written.proxy;
import static io.sallyport.mesh.Written.rule;
import static io.sallyport.mesh.Written.sidecar;
import static io.sallyport.mesh.Written.to;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.Resource;
import io.sallyport.policy.ResourceKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// All orders and all cuts into batches of the same changes end in equal images, models and views.
class ImageOrderTest {
  private static final List<String> HOSTS = List.of("a.test", "b.test", "c.test");
  private static final List<String> APPS = List.of("one", "two", "three", "four");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
  void ordersAndBatchesDoNotMatter(long seed) {
    Random random = new Random(seed);
    Map<ResourceKey, List<Change>> histories = histories(random);
    ResourceImage expected = fold(interleave(histories, random), 1000, random);
    MeshModel expectedModel = MeshModel.link(expected).model();
    assertThat(views(expectedModel)).as("the mesh is not trivial").hasSizeGreaterThan(5);
    for (int i = 0; i < 20; i++) {
      ResourceImage image = fold(interleave(histories, random), 1 + random.nextInt(8), random);
      assertThat(image).isEqualTo(expected);
      Linked linked = MeshModel.link(image);
      assertThat(linked.model()).isEqualTo(expectedModel);
      assertThat(linked.problems()).isEqualTo(MeshModel.link(expected).problems());
      assertThat(views(linked.model())).isEqualTo(views(expectedModel));
      assertThat(MeshModel.link(image.accept(linked))).isEqualTo(linked);
    }
  }

  private static ResourceImage fold(List<Change> changes, int most, Random random) {
    ResourceImage image = ResourceImage.EMPTY;
    for (int from = 0; from < changes.size(); ) {
      int to = Math.min(changes.size(), from + 1 + random.nextInt(most));
      image = image.with(changes.subList(from, to));
      from = to;
    }
    return image;
  }

  private static Map<String, ScopeView> views(MeshModel model) {
    Map<String, ScopeView> views = new HashMap<>();
    for (String app : APPS) {
      model
          .workload("mytest", app)
          .ifPresent(w -> views.put(app, model.view(model.scope(w, ListenOptions.DEFAULT))));
    }
    for (String proxy : List.of("g-0", "g-1")) {
      model
          .workload("istio-egress", proxy)
          .ifPresent(w -> views.put(proxy, model.view(model.scope(w, ListenOptions.DEFAULT))));
    }
    return views;
  }

  /// For every document what happens to it, in order; only the order within one document counts.
  private static Map<ResourceKey, List<Change>> histories(Random random) {
    Map<ResourceKey, List<Change>> histories = new LinkedHashMap<>();
    List<Resource> fixed = new ArrayList<>();
    fixed.add(gateway("g", http(80), http(81)));
    fixed.add(proxy("g-0", "g", "127.0.2.1"));
    fixed.add(proxy("g-1", "g", "127.0.2.2"));
    APPS.forEach(app -> fixed.add(sidecar("mytest", app)));
    for (Resource resource : fixed) {
      histories.put(resource.key(), history(random, () -> resource));
    }
    for (int i = 0; i < 8; i++) {
      String name = "p" + i;
      Optional<Instant> created =
          random.nextBoolean()
              ? Optional.of(Instant.ofEpochSecond(random.nextInt(4)))
              : Optional.empty();
      EgressTrafficPolicy sample = own(name, "g", created);
      histories.put(sample.key(), history(random, () -> randomPolicy(name, created, random)));
    }
    return histories;
  }

  private static EgressTrafficPolicy randomPolicy(
      String name, Optional<Instant> created, Random random) {
    return own(
        name,
        "g",
        created,
        rule(
            app("mytest", APPS.get(random.nextInt(APPS.size()))),
            to(80 + random.nextInt(2), 80 + random.nextInt(2), randomHost(random)),
            to(80, 80 + random.nextInt(3), randomHost(random), randomHost(random))));
  }

  private static String randomHost(Random random) {
    return HOSTS.get(random.nextInt(HOSTS.size()));
  }

  private static List<Change> history(
      Random random, java.util.function.Supplier<? extends Resource> form) {
    List<Change> history = new ArrayList<>();
    ResourceKey key = form.get().key();
    for (int i = random.nextInt(4); i > 0; i--) {
      history.add(
          switch (random.nextInt(4)) {
            case 0 -> new Change.Delete("file:a", key);
            case 1 -> new Change.Invalid("file:a", key, List.of());
            default -> Written.upsert(form.get());
          });
    }
    history.add(Written.upsert(form.get()));
    if (random.nextInt(4) == 0) {
      history.add(new Change.Invalid("file:a", key, List.of()));
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
      changes.add(requireNonNull(histories.get(key)).get(next.merge(key, 1, Integer::sum) - 1));
    }
    return changes;
  }
}
