package io.sallyport.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A mesh that changes, a stream, and a client like Envoy, in every order that a seed makes up;
/// after each step the promises are checked.
class XdsStreamSimulationTest {
  private static final int RUNS = Integer.getInteger("xds.simulation.runs", 100);
  private static final int STEPS = 250;
  private static final Pace PACE =
      new Pace(120, Duration.ofSeconds(5), Duration.ofMillis(500), 1_000);

  @ParameterizedTest
  @EnumSource
  void aPunctualClient(Encoding encoding) {
    for (int seed = 0; seed < RUNS; seed++) {
      new Run(encoding, seed, true).play();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatLetsTimePass(Encoding encoding) {
    for (int seed = 0; seed < RUNS; seed++) {
      new Run(encoding, seed, false).play();
    }
  }

  private static final class Run {
    private final Encoding encoding;
    private final boolean punctual;
    private final String what;
    private final Random random;
    private final ModelMesh mesh;
    private final ModelClient client;
    private final RecordedEvents events = new RecordedEvents();
    private final Deque<Response> toClient = new ArrayDeque<>();

    /// Cluster responses that the client has not answered yet.
    private final Set<String> unanswered = new HashSet<>();

    /// How often a version was sent on this stream.
    private final Map<String, Integer> timesSent = new HashMap<>();

    /// What happened last, for whoever has to find out why.
    private final Deque<String> trace = new ArrayDeque<>();

    private Instant now = Instant.EPOCH;
    private XdsStream stream;
    private boolean fresh = true;

    Run(Encoding encoding, int seed, boolean punctual) {
      this.encoding = encoding;
      this.punctual = punctual;
      this.what = encoding + " seed " + seed;
      this.random = new Random(seed);
      this.mesh = new ModelMesh(random);
      this.client = new ModelClient(encoding, random);
      this.stream = connect();
    }

    private XdsStream connect() {
      note("connect");
      toClient.clear();
      unanswered.clear();
      timesSent.clear();
      client.connect();
      return new XdsStream(1, encoding, PACE, events, mesh.snapshot(), now);
    }

    void play() {
      try {
        act();
      } catch (AssertionError e) {
        throw new AssertionError(what + ", at the end:\n" + String.join("\n", trace), e);
      }
    }

    private void act() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(20)) {
          case 0, 1 -> {
            mesh.change();
            offer();
          }
          case 2 -> {
            if (!punctual) {
              now = now.plusMillis(random.nextInt(4_000));
            }
          }
          case 3 -> {
            if (random.nextInt(8) == 0) {
              fresh = random.nextBoolean();
              if (fresh) {
                client.forget();
              }
              stream = connect();
            }
          }
          case 4, 5, 6, 7, 8, 9 -> pull();
          case 10, 11, 12, 13 -> hear();
          default -> say();
        }
      }
      settle();
      mesh.heal();
      offer();
      settle();
      Snapshot last = mesh.snapshot();
      for (ResourceType type : ResourceType.values()) {
        SortedMap<String, String> expected = new TreeMap<>();
        last.of(type)
            .forEach(
                (name, resource) -> expected.put(name, Samples.named(resource.body()).getValue()));
        assertThat(client.has(type)).as("%s %s", what, type).isEqualTo(expected);
      }
      assertThat(events.lines()).as(what).last().isEqualTo("synced");
    }

    private void offer() {
      note("offer " + mesh);
      stream.offer(mesh.snapshot());
    }

    private void note(String line) {
      trace.add(line);
      if (trace.size() > 60) {
        trace.remove();
      }
    }

    /// Until nothing moves any more, however long it takes.
    private void settle() {
      int quiet = 0;
      for (int rounds = 0; quiet < 3; rounds++) {
        assertThat(rounds).as("%s never comes to rest", what).isLessThan(2_000);
        boolean moved = pull() | hear() | say() || client.givesUpRefusedEndpoints();
        quiet = moved ? 0 : quiet + 1;
        if (!moved) {
          now = now.plus(punctual ? PACE.subscribeWait() : PACE.answerWait());
        }
      }
      assertThat(client.holdsAnswersBack()).as("%s: a cluster warms for ever", what).isFalse();
    }

    private boolean pull() {
      Optional<Response> next = stream.next(now);
      next.ifPresent(response -> {
        note("> " + Conversation.text(response) + " nonce " + response.nonce());
        check(response);
        toClient.add(response);
        if (response.type() == ResourceType.CLUSTER) {
          unanswered.add(response.nonce());
        }
      });
      return next.isPresent();
    }

    private boolean hear() {
      Response response = toClient.poll();
      if (response == null) {
        return false;
      }
      Set<String> before = new TreeSet<>(client.has(ResourceType.CLUSTER).keySet());
      note("heard " + response.nonce());
      client.hears(response);
      // A reconnecting client's old clusters are in no snapshot any more, and state of the world
      // can keep only what it can send.
      boolean known = fresh || encoding == Encoding.INCREMENTAL;
      if (punctual && known && response.type() == ResourceType.CLUSTER) {
        before.removeAll(client.has(ResourceType.CLUSTER).keySet());
        checkUnused(before);
      }
      return true;
    }

    private boolean say() {
      Optional<Request> request = client.says();
      request.ifPresent(said -> {
        note("< " + said);
        if (said.type() == ResourceType.CLUSTER) {
          unanswered.remove(said.nonce());
        }
        assertThat(stream.receive(said)).as(what).isEmpty();
      });
      return request.isPresent();
    }

    private void check(Response response) {
      if (punctual && response.type() == ResourceType.LISTENER) {
        assertThat(unanswered).as("%s: listeners before the answer to clusters", what).isEmpty();
      }
      for (VersionedResource resource : response.resources()) {
        String mark = Samples.named(resource.body()).getValue();
        String key = resource.type() + " " + resource.name();
        int times = timesSent.merge(key + mark, 1, Integer::sum);
        if (mark.contains("!") && punctual && fresh) {
          assertThat(times)
              .as("%s: %s %s is offered again and again", what, key, mark)
              .isLessThan(3);
        }
        String has = client.has(resource.type()).get(resource.name());
        if (has != null) {
          assertThat(ModelMesh.age(mark))
              .as("%s: %s goes back", what, key)
              .isGreaterThanOrEqualTo(ModelMesh.age(has));
        }
      }
    }

    private void checkUnused(Set<String> removed) {
      client
          .has(ResourceType.ROUTE)
          .forEach((name, mark) -> {
            if (client.has(ResourceType.LISTENER).containsKey(name)) {
              assertThat(ModelMesh.leadsTo(mark))
                  .as("%s: route %s leads to clusters that were removed", what, name)
                  .allMatch(target -> !removed.contains(target));
            }
          });
    }
  }
}
