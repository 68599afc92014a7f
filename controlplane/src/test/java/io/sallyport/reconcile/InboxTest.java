package io.sallyport.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.Change;
import io.sallyport.mesh.ResourceImage;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Resource;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboxTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final Inbox inbox = new Inbox(now::get);

  private void pass(long millis) {
    now.updateAndGet(time -> time.plusMillis(millis));
  }

  private static List<Change> change(String name) {
    return Mesh.changes(Mesh.sidecar("mytest", name));
  }

  @Test
  void theFirstChangeGoesAtOnce() throws InterruptedException {
    inbox.offer(change("a"));

    assertThat(inbox.untilNextBatch()).isZero();
    assertThat(inbox.take().orElseThrow().changes()).isEqualTo(change("a"));
  }

  @Test
  void laterChangesGatherForOneGapWhetherOrNotMoreCome() {
    inbox.offer(change("a"));
    inbox.poll();
    Instant end = now.get().plus(Inbox.GAP);
    for (int i = 0; now.get().isBefore(end); i++) {
      inbox.offer(change("b" + i));
      assertThat(inbox.untilNextBatch()).isEqualTo(Duration.between(now.get(), end));
      pass(1);
    }

    assertThat(inbox.untilNextBatch()).isZero();
    Batch batch = inbox.poll().orElseThrow();
    assertThat(batch.changes()).hasSize((int) Inbox.GAP.toMillis());
    assertThat(batch.received()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void afterAPauseAChangeGoesAtOnceAgain() {
    inbox.offer(change("a"));
    inbox.poll();
    pass(Inbox.GAP.toMillis());
    inbox.offer(change("b"));

    assertThat(inbox.untilNextBatch()).isZero();
  }

  @Test
  void aClockThatIsSetBackDelaysByAGapAtMost() {
    inbox.offer(change("a"));
    inbox.poll();
    pass(-3_600_000);
    inbox.offer(change("b"));

    assertThat(inbox.untilNextBatch()).isEqualTo(Inbox.GAP);
  }

  @Test
  void aClosedInboxGivesNothing() throws InterruptedException {
    inbox.offer(change("a"));
    inbox.close();
    inbox.offer(change("b"));

    assertThat(inbox.take()).isEmpty();
  }

  @Test
  void changesOfOneDocumentCollapse() {
    Resource resource = Mesh.sidecar("mytest", "a");
    for (int i = 0; i < 100_000; i++) {
      inbox.offer(List.of(Mesh.upsert(resource), Mesh.delete(resource), Mesh.upsert(resource)));
      inbox.offer(List.of(new Change.Invalid(Mesh.SOURCE, resource.key(), List.of())));
      inbox.offer(List.of(Mesh.resync()));
      inbox.offer(List.of(new Change.Findings(Mesh.SOURCE, "a.yaml", List.of())));
    }

    assertThat(inbox.poll().orElseThrow().changes())
        .containsExactly(
            Mesh.delete(resource),
            Mesh.upsert(resource),
            new Change.Invalid(Mesh.SOURCE, resource.key(), List.of()),
            new Change.Findings(Mesh.SOURCE, "a.yaml", List.of()),
            Mesh.resync());
    assertThat(inbox.poll()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void collapsingLosesNothing(long seed) {
    Random random = new Random(seed);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      changes.add(randomChange(random));
    }
    ResourceImage one = ResourceImage.EMPTY.with(changes);
    ResourceImage collapsed = ResourceImage.EMPTY;
    for (Change change : changes) {
      inbox.offer(List.of(change));
      if (random.nextInt(20) == 0) {
        collapsed = collapsed.with(inbox.poll().map(Batch::changes).orElse(List.of()));
      }
    }
    collapsed = collapsed.with(inbox.poll().map(Batch::changes).orElse(List.of()));

    assertThat(collapsed).isEqualTo(one);
  }

  private static Change randomChange(Random random) {
    String source = "source-" + random.nextInt(2);
    Resource resource =
        Mesh.workload(
            "mytest", "w" + random.nextInt(6), "127.0.0." + random.nextInt(9), "a", Map.of());
    return switch (random.nextInt(5)) {
      case 0 -> new Change.Delete(source, resource.key());
      case 1 -> new Change.Invalid(source, resource.key(), List.of(problem(random)));
      case 2 ->
          new Change.Findings(
              source,
              "unit-" + random.nextInt(3),
              random.nextBoolean() ? List.of() : List.of(problem(random)));
      default -> new Change.Upsert(source, ((Change.Upsert) Mesh.upsert(resource)).document());
    };
  }

  private static Problem problem(Random random) {
    return new Problem(
        Severity.ERROR,
        "problem " + random.nextInt(3),
        Optional.empty(),
        FieldPath.ROOT,
        Optional.empty(),
        "",
        List.of());
  }
}
