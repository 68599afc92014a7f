package io.sallyport.xds;

import static io.sallyport.snapshot.ResourceType.CLUSTER;
import static io.sallyport.snapshot.ResourceType.ENDPOINT;
import static io.sallyport.snapshot.ResourceType.LISTENER;
import static io.sallyport.snapshot.ResourceType.ROUTE;
import static io.sallyport.xds.Encoding.STATE_OF_THE_WORLD;
import static io.sallyport.xds.Samples.cluster;
import static io.sallyport.xds.Samples.endpoint;
import static io.sallyport.xds.Samples.listener;
import static io.sallyport.xds.Samples.route;
import static io.sallyport.xds.Samples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.snapshot.Snapshot;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is particular to the state of the world.
class StateOfTheWorldStreamTest {
  private static Conversation converse(Snapshot first) {
    Conversation talk = new Conversation(STATE_OF_THE_WORLD, first);
    talk.pass(Duration.ofSeconds(1));
    return talk;
  }

  @Test
  void clustersComeAllTogetherEndpointsAsTheyChange() {
    Conversation talk =
        converse(snapshot(cluster("a", 1), cluster("b", 1), endpoint("a", 1), endpoint("b", 1)));
    talk.ask(CLUSTER);
    talk.ask(ENDPOINT, "a", "b");
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r1 b@r1", "EDS a@r1 b@r1");
    talk.offer(cluster("a", 2), cluster("b", 1), endpoint("a", 1), endpoint("b", 1));
    assertThat(talk.heardAndAcked())
        .as("only the changed cluster's endpoints again")
        .containsExactly("CDS a@r2 b@r1", "EDS a@r1");
  }

  @Test
  void aReconnectingClientThatTookEverythingGetsNothing() {
    Snapshot whole = snapshot(cluster("a", 1), route("r", 1), route("s", 1), route("t", 1));
    Conversation before = converse(whole);
    before.ask(CLUSTER);
    before.heard();
    String clusters = before.onlyOne().version();
    before.ackAll();
    before.ask(ROUTE, "r", "s");
    before.heard();
    String routes = before.onlyOne().version();

    Conversation talk = converse(whole);
    talk.askHaving(CLUSTER, List.of(), clusters);
    talk.askHaving(ROUTE, List.of("r", "s"), routes);
    assertThat(talk.heard()).isEmpty();

    Conversation wantsMore = converse(whole);
    wantsMore.askHaving(ROUTE, List.of("r", "s", "t"), routes);
    assertThat(wantsMore.heard()).containsExactly("RDS r@r1 s@r1 t@r1");
  }

  @Test
  void aReconnectingClientThatMissedSomethingGetsEverything() {
    Conversation talk = converse(snapshot(cluster("a", 1), cluster("b", 2)));
    talk.askHaving(
        CLUSTER, List.of(), Snapshot.versionOf(List.of(cluster("a", 1), cluster("b", 1))));
    assertThat(talk.heard()).containsExactly("CDS a@r1 b@r2");
  }

  @Test
  void whatWasRefusedIsReplacedByTheLastThatWasTaken() {
    Conversation talk = converse(snapshot(cluster("a", 1), cluster("b", 1)));
    talk.ask(CLUSTER);
    talk.heardAndAcked();
    talk.offer(cluster("a", 2), cluster("b", 2));
    talk.heard();
    talk.nack(talk.onlyOne(), "Error adding/updating cluster(s) a: no");
    assertThat(talk.heard()).isEmpty();
    talk.offer(cluster("a", 2), cluster("b", 3));
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r1 b@r3");
    talk.offer(cluster("a", 3), cluster("b", 3));
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r3 b@r3");
  }

  @Test
  void whatWasRefusedAndNeverTakenIsLeftOut() {
    Conversation talk = converse(snapshot(cluster("a", 1), cluster("b", 1)));
    talk.ask(CLUSTER);
    talk.heard();
    talk.nack(talk.onlyOne(), "Error adding/updating cluster(s) a: no");
    talk.offer(cluster("a", 1), cluster("b", 2));
    assertThat(talk.heardAndAcked()).containsExactly("CDS b@r2");
  }

  @Test
  void aClientThatMayHaveItFromBeforeDoesNotLoseIt() {
    Conversation talk = converse(snapshot(cluster("a", 2), cluster("b", 1)));
    talk.askHaving(CLUSTER, List.of(), "of another time");
    talk.heard();
    talk.nack(talk.onlyOne(), "Error adding/updating cluster(s) a: no");
    assertThat(talk.heard()).isEmpty();
    talk.offer(cluster("a", 2), cluster("b", 2));
    assertThat(talk.heard()).as("leaving a out would delete it").containsExactly("CDS a@r2 b@r2");
    talk.nack(talk.onlyOne(), "Error adding/updating cluster(s) a: no");
    assertThat(talk.heard()).isEmpty();
    talk.offer(cluster("a", 3), cluster("b", 2));
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r3 b@r2");
  }

  @Test
  void aRefusalThatBlamesNobodyParksWhatChanged() {
    Conversation talk = converse(snapshot(listener("a", 1), listener("b", 1)));
    talk.ask(LISTENER);
    talk.heardAndAcked();
    talk.offer(listener("a", 2), listener("b", 1));
    talk.heard();
    talk.nack(talk.onlyOne(), "no");
    assertThat(talk.events.lines()).contains("nacked LDS [a] no");
    talk.offer(listener("a", 2), listener("b", 2));
    assertThat(talk.heardAndAcked()).containsExactly("LDS a@r1 b@r2");
  }

  @Test
  void aClientThatIsSlowToRefuseIsNotTakenToRefuseTheRest() {
    Conversation talk = converse(snapshot(cluster("a", 1), cluster("b", 1)));
    talk.ask(CLUSTER);
    talk.heardAndAcked();
    talk.offer(cluster("a", 2), cluster("b", 2));
    talk.heard();
    Response first = talk.onlyOne();
    talk.pass(Pace.DEFAULT.answerWait());
    talk.offer(cluster("a", 2), cluster("b", 3));
    assertThat(talk.heard()).containsExactly("CDS a@r2 b@r3");
    Response second = talk.onlyOne();
    talk.nack(first, "Error adding/updating cluster(s) a: no");
    talk.nack(second, "Error adding/updating cluster(s) a: no");
    talk.offer(cluster("a", 2), cluster("b", 3), cluster("c", 1));
    assertThat(talk.heard()).containsExactly("CDS a@r1 b@r3 c@r1");
  }

  @Test
  void piecesOfRoutesFollowTheAnswerToTheOneBefore() {
    Conversation talk =
        new Conversation(
            STATE_OF_THE_WORLD,
            new Pace(1, Duration.ofSeconds(5), Duration.ZERO, 100),
            snapshot(route("a", 1), route("b", 1)));
    talk.ask(ROUTE, "a", "b");
    assertThat(talk.heard()).containsExactly("RDS a@r1");
    Response first = talk.onlyOne();
    talk.ack(first);
    assertThat(talk.heard()).containsExactly("RDS b@r1");
    assertThat(talk.onlyOne().version())
        .as("the last stands for all")
        .isEqualTo(Snapshot.versionOf(List.of(route("a", 1), route("b", 1))))
        .isNotEqualTo(first.version());
  }

  @Test
  void listenersAskedForByNameAreAnsweredThoughTheyDoNotExist() {
    Conversation talk = converse(snapshot(listener("a", 1)));
    talk.ask(LISTENER, "nobody");
    assertThat(talk.heardAndAcked()).containsExactly("LDS");
    talk.ask(LISTENER, "a");
    assertThat(talk.heardAndAcked()).containsExactly("LDS a@r1");
    talk.offer(listener("a", 1), listener("nobody", 1));
    assertThat(talk.heardAndAcked()).containsExactly("LDS a@r1 nobody@r1");
  }

  @Test
  void namingNothingAfterNamesIsNoWildcard() {
    Conversation talk = converse(snapshot(listener("a", 1), listener("b", 1)));
    talk.ask(LISTENER, "a");
    assertThat(talk.heardAndAcked()).containsExactly("LDS a@r1");
    talk.stopAsking(LISTENER, "a");
    talk.offer(listener("a", 2), listener("b", 2));
    assertThat(talk.heard()).isEmpty();
  }

  @Test
  void whatIsToGoStaysUntilItsUsersHaveMovedOn() {
    Conversation talk = converse(snapshot(cluster("old", 1), route("r", 1)));
    talk.ask(CLUSTER);
    talk.ask(ROUTE, "r");
    talk.heardAndAcked();
    talk.offer(cluster("new", 1), route("r", 2));
    assertThat(talk.heardAndAcked()).containsExactly("CDS new@r1 old@r1", "RDS r@r2", "CDS new@r1");
  }
}
