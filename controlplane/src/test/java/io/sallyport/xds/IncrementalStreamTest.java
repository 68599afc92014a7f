package io.sallyport.xds;

import static io.sallyport.snapshot.ResourceType.CLUSTER;
import static io.sallyport.snapshot.ResourceType.ENDPOINT;
import static io.sallyport.snapshot.ResourceType.LISTENER;
import static io.sallyport.snapshot.ResourceType.ROUTE;
import static io.sallyport.snapshot.ResourceType.SECRET;
import static io.sallyport.xds.Encoding.INCREMENTAL;
import static io.sallyport.xds.Samples.cluster;
import static io.sallyport.xds.Samples.endpoint;
import static io.sallyport.xds.Samples.listener;
import static io.sallyport.xds.Samples.route;
import static io.sallyport.xds.Samples.secret;
import static io.sallyport.xds.Samples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is particular to incremental xDS.
class IncrementalStreamTest {
  private static final Pace SMALL = new Pace(1, Duration.ofSeconds(5), Duration.ofMillis(500), 100);

  @Test
  void aReconnectingClientGetsOnlyWhatChangedWhileItWasAway() {
    Conversation talk =
        new Conversation(
            INCREMENTAL,
            snapshot(cluster("a", 2), cluster("b", 1), endpoint("a", 1), endpoint("b", 1)));
    talk.askHaving(CLUSTER, List.of(), cluster("a", 1), cluster("b", 1), cluster("gone", 1));
    talk.askHaving(ENDPOINT, List.of("a", "b"), endpoint("a", 1), endpoint("b", 1));
    talk.pass(Pace.DEFAULT.subscribeWait());
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r2", "EDS a@r1", "CDS -gone");
  }

  @Test
  void aReconnectingClientThatHasEverythingIsSynced() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(cluster("a", 1), listener("l", 1)));
    talk.askHaving(CLUSTER, List.of(), cluster("a", 1));
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.lines()).as("it has not asked for listeners yet").isEmpty();
    talk.askHaving(LISTENER, List.of(), listener("l", 1));
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.lines()).containsExactly("synced");
  }

  @Test
  void clustersThatChangedWhileItWasAwayBringTheirEndpointsThoughItHasThem() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(cluster("a", 2), endpoint("a", 1)));
    talk.askHaving(CLUSTER, List.of(), cluster("a", 1));
    assertThat(talk.heard()).containsExactly("CDS a@r2");
    talk.askHaving(ENDPOINT, List.of("a"), endpoint("a", 1));
    assertThat(talk.heard()).containsExactly("EDS a@r1");
  }

  @Test
  void versionsOnALaterRequestCountForNothing() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(route("a", 1), route("b", 1)));
    talk.pass(Duration.ofSeconds(1));
    talk.ask(ROUTE, "a");
    assertThat(talk.heardAndAcked()).containsExactly("RDS a@r1");
    talk.askHaving(ROUTE, List.of("b"), route("b", 1));
    assertThat(talk.heard()).containsExactly("RDS b@r1");
  }

  @Test
  void aNameThatDoesNotExistIsToldOnceToBeAbsent() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(endpoint("a", 1)));
    talk.ask(ENDPOINT, "a", "nobody");
    assertThat(talk.heardAndAcked()).containsExactly("EDS a@r1", "EDS -nobody");
    talk.offer(endpoint("a", 2));
    assertThat(talk.heardAndAcked()).containsExactly("EDS a@r2");
    talk.offer(endpoint("a", 2), endpoint("nobody", 1));
    assertThat(talk.heardAndAcked()).containsExactly("EDS nobody@r1");
    talk.pass(Pace.DEFAULT.subscribeWait());
    talk.offer(endpoint("a", 2));
    assertThat(talk.heardAndAcked()).containsExactly("EDS -nobody");
  }

  @Test
  void unsubscribingAndSubscribingInOneMessageSendsAgain() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(endpoint("a", 1)));
    talk.ask(ENDPOINT, "a");
    assertThat(talk.heardAndAcked()).containsExactly("EDS a@r1");
    talk.askAnew(ENDPOINT, "a");
    assertThat(talk.heardAndAcked()).containsExactly("EDS a@r1");
  }

  @Test
  void askingAgainForANameSendsItAgain() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(endpoint("a", 1)));
    talk.ask(ENDPOINT, "a");
    assertThat(talk.heardAndAcked()).containsExactly("EDS a@r1");
    talk.ask(ENDPOINT, "a");
    assertThat(talk.heardAndAcked()).containsExactly("EDS a@r1");
  }

  @Test
  void aNameUnsubscribedUnderAWildcardIsToldOf() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(cluster("a", 1), cluster("b", 1)));
    talk.ask(CLUSTER, "*", "a");
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r1 b@r1");
    talk.stopAsking(CLUSTER, "a");
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r1");
  }

  @Test
  void aLegacyWildcardGoesOnBesideNamesUntilItIsUnsubscribed() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(cluster("a", 1), cluster("b", 1)));
    talk.ask(CLUSTER);
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r1 b@r1");
    talk.ask(CLUSTER, "a");
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r1");
    talk.stopAsking(CLUSTER, "*");
    talk.offer(cluster("a", 2), cluster("b", 2));
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r2");
  }

  @Test
  void noNamesIsNoWildcardForTypesWithoutOne() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(secret("s", 1)));
    talk.ask(SECRET);
    assertThat(talk.heard()).isEmpty();
  }

  @Test
  void anUpdateGoesInPiecesWithoutWaitingForAnswers() {
    Conversation talk =
        new Conversation(
            INCREMENTAL, SMALL, snapshot(cluster("a", 1), cluster("b", 1), cluster("c", 1)));
    talk.ask(CLUSTER);
    assertThat(talk.heard()).containsExactly("CDS a@r1", "CDS b@r1", "CDS c@r1");
    assertThat(talk.events.lines()).containsExactly("sent CDS [a, b, c] []");
    talk.ack(talk.last().get(0));
    talk.ack(talk.last().get(1));
    assertThat(talk.events.count("acked")).isZero();
    talk.ack(talk.last().get(2));
    assertThat(talk.events.count("acked")).isEqualTo(1);
  }

  @Test
  void aNewerSnapshotReplacesThePiecesThatHaveNotLeft() {
    Conversation talk =
        new Conversation(
            INCREMENTAL, SMALL, snapshot(cluster("a", 1), cluster("b", 1), cluster("c", 1)));
    talk.ask(CLUSTER);
    assertThat(talk.hearOne()).contains("CDS a@r1");
    Response first = talk.onlyOne();
    talk.offer(cluster("a", 1), cluster("b", 2));
    assertThat(talk.heard()).as("one update of a type at a time").isEmpty();
    talk.ack(first);
    assertThat(talk.heardAndAcked()).containsExactly("CDS b@r2");
  }

  @Test
  void oneBadResourceIsFoundAndHoldsBackNoOther() {
    Conversation talk =
        new Conversation(INCREMENTAL, snapshot(route("a", 1), route("b", 1), route("c", 1)));
    talk.pass(Duration.ofSeconds(1));
    talk.ask(ROUTE, "a", "b", "c");
    assertThat(talk.heard()).containsExactly("RDS a@r1 b@r1 c@r1");
    talk.nack(talk.onlyOne(), "something is wrong");
    assertThat(talk.events.lines()).contains("nacked RDS [a, b, c] something is wrong");
    assertThat(talk.heard()).containsExactly("RDS a@r1", "RDS b@r1", "RDS c@r1");
    talk.ack(talk.last().get(0));
    talk.nack(talk.last().get(1), "something is wrong");
    talk.ack(talk.last().get(2));
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.lines()).contains("nacked RDS [b] something is wrong");
  }

  @Test
  void aBlamedResourceIsNotSentAgainAndItsNeighboursAre() {
    Conversation talk =
        new Conversation(INCREMENTAL, snapshot(cluster("a", 1), cluster("b", 1), cluster("c", 1)));
    talk.ask(CLUSTER);
    talk.heard();
    talk.nack(talk.onlyOne(), "Error adding/updating cluster(s) b: no such thing");
    assertThat(talk.events.lines()).last().asString().startsWith("nacked CDS [b]");
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r1", "CDS c@r1");
  }

  @Test
  void aClientThatRefusesEverythingIsOfferedEachVersionTwiceAtMost() {
    Conversation talk =
        new Conversation(INCREMENTAL, snapshot(route("a", 1), route("b", 1), route("c", 1)));
    talk.pass(Duration.ofSeconds(1));
    talk.ask(ROUTE, "a", "b", "c");
    int responses = 0;
    for (List<String> some = talk.heard(); !some.isEmpty(); some = talk.heard()) {
      responses += some.size();
      talk.last().forEach(response -> talk.nack(response, "no"));
    }
    assertThat(responses).isEqualTo(1 + 3);
  }

  @Test
  void aRefusedResourceThatIsAskedForAnewIsSent() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(endpoint("a", 1)));
    talk.ask(ENDPOINT, "a");
    talk.heard();
    talk.nack(talk.onlyOne(), "no");
    assertThat(talk.heard()).isEmpty();
    talk.stopAsking(ENDPOINT, "a");
    talk.ask(ENDPOINT, "a");
    assertThat(talk.heard()).containsExactly("EDS a@r1");
  }

  @Test
  void endpointsOfAClusterThatIsStillBeingRemovedCanBeAskedFor() {
    VersionedResource[] before = {cluster("a", 1), endpoint("a", 1), listener("l", 1)};
    Conversation talk = new Conversation(INCREMENTAL, snapshot(before));
    talk.ask(CLUSTER);
    talk.heard();
    Response clusters = talk.onlyOne();
    talk.ask(LISTENER);
    talk.offer(listener("l", 1));
    talk.ask(ENDPOINT, "a");
    assertThat(talk.heard()).as("Envoy warms the cluster").containsExactly("EDS a@r1");
    talk.ackAll();
    talk.ack(clusters);
    assertThat(talk.heardAndAcked())
        .as("it may have routes to the cluster, and not have said so yet")
        .containsExactly("LDS l@r1");
    talk.pass(Pace.DEFAULT.subscribeWait());
    assertThat(talk.heardAndAcked()).containsExactly("CDS -a", "EDS -a");
  }

  @Test
  void aClusterThatNeverBecomesWarmIsRemovedNevertheless() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(cluster("a", 1), endpoint("a", 1)));
    talk.ask(CLUSTER);
    assertThat(talk.heard()).containsExactly("CDS a@r1");
    talk.offer(new VersionedResource[0]);
    assertThat(talk.heard()).isEmpty();
    talk.pass(Pace.DEFAULT.answerWait());
    assertThat(talk.heard()).containsExactly("CDS -a");
  }

  @Test
  void theLastSectionOfASyncIsTheTruthForWhoeverNeverAnswers() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(route("a", 1)));
    talk.pass(Duration.ofSeconds(1));
    talk.ask(ROUTE, "a");
    assertThat(talk.heard()).containsExactly("RDS a@r1");
    for (int revision = 2; revision < 5; revision++) {
      talk.offer(route("a", revision));
      assertThat(talk.heard()).isEmpty();
      talk.pass(Pace.DEFAULT.answerWait());
      assertThat(talk.heard()).containsExactly("RDS a@r" + revision);
    }
    talk.pass(Duration.ofDays(1));
    assertThat(talk.heard()).isEmpty();
  }

  @Test
  void aSharedAssignmentIsSentAgainForANewCluster() {
    VersionedResource one = shared("one");
    Conversation talk = new Conversation(INCREMENTAL, snapshot(one, endpoint("pool", 1)));
    talk.ask(CLUSTER);
    talk.ask(ENDPOINT, "pool");
    assertThat(talk.heardAndAcked()).containsExactly("CDS one@r1", "EDS pool@r1");
    talk.offer(one, shared("two"), endpoint("pool", 1));
    assertThat(talk.heardAndAcked()).containsExactly("CDS two@r1", "EDS pool@r1");
  }

  private static VersionedResource shared(String cluster) {
    VersionedResource own = cluster(cluster, 1);
    return new VersionedResource(
        own.type(), own.name(), own.version(), own.body(), own.origins(), "pool");
  }

  @Test
  void whatWasRefusedDoesNotComeBackWithItsCluster() {
    Conversation talk = new Conversation(INCREMENTAL, snapshot(cluster("a", 1), endpoint("a", 1)));
    talk.ask(CLUSTER);
    talk.ask(ENDPOINT, "a");
    talk.heard();
    talk.ack(talk.last().get(0));
    talk.nack(talk.last().get(1), "no");
    talk.offer(cluster("a", 2), endpoint("a", 1));
    assertThat(talk.heardAndAcked()).containsExactly("CDS a@r2");
  }

  @Test
  void timeAloneWakesNobodyOnceAllIsQuiet() {
    Conversation talk = new Conversation(INCREMENTAL, Snapshot.EMPTY);
    talk.ask(CLUSTER);
    talk.heardAndAcked();
    talk.pass(Duration.ofMinutes(1));
    talk.heard();
    assertThat(talk.wakeAt()).isEqualTo(Optional.empty());
  }
}
