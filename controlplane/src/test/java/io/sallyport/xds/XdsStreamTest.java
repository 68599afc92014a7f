package io.sallyport.xds;

import static io.sallyport.snapshot.ResourceType.CLUSTER;
import static io.sallyport.snapshot.ResourceType.ENDPOINT;
import static io.sallyport.snapshot.ResourceType.LISTENER;
import static io.sallyport.snapshot.ResourceType.ROUTE;
import static io.sallyport.snapshot.ResourceType.SECRET;
import static io.sallyport.xds.Samples.cluster;
import static io.sallyport.xds.Samples.endpoint;
import static io.sallyport.xds.Samples.listener;
import static io.sallyport.xds.Samples.route;
import static io.sallyport.xds.Samples.secret;
import static io.sallyport.xds.Samples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.snapshot.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The order on the wire, and what happens when answers come, do not come, or say no: alike in both
/// encodings.
class XdsStreamTest {
  private static final Snapshot WHOLE =
      snapshot(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 1));

  /// A client that has everything of [#WHOLE].
  private static Conversation booted(Encoding encoding) {
    Conversation talk = new Conversation(encoding, WHOLE);
    talk.ask(CLUSTER);
    talk.heardAndAcked();
    talk.ask(ENDPOINT, "c");
    talk.ask(SECRET, "s");
    talk.ask(LISTENER);
    talk.heardAndAcked();
    talk.ask(ROUTE, "r");
    talk.heardAndAcked();
    talk.events.clear();
    return talk;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAskedForAtOnceGoesOutInOrder(Encoding encoding) {
    Conversation talk = new Conversation(encoding, WHOLE);
    talk.ask(ROUTE, "r");
    talk.ask(LISTENER);
    talk.ask(SECRET, "s");
    talk.ask(ENDPOINT, "c");
    talk.ask(CLUSTER);
    assertThat(talk.heard()).containsExactly("CDS c@r1", "EDS c@r1", "SDS s@r1");
    talk.ackAll();
    assertThat(talk.heard()).containsExactly("LDS l@r1");
    talk.ackAll();
    assertThat(talk.heard()).containsExactly("RDS r@r1");
    talk.ackAll();
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.lines()).last().isEqualTo("synced");
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsSentTwice(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 1));
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.lines()).containsExactly("synced");
  }

  @ParameterizedTest
  @EnumSource
  void aChangedClusterBringsItsEndpointsAlongUnasked(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 2), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 1));
    assertThat(talk.heard()).containsExactly("CDS c@r2", "EDS c@r1");
  }

  @ParameterizedTest
  @EnumSource
  void listenersWaitForTheAnswerToClusters(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 2), endpoint("c", 2), secret("s", 2), listener("l", 2), route("r", 2));
    assertThat(talk.heard()).containsExactly("CDS c@r2", "EDS c@r2", "SDS s@r2");
    List<Response> held = talk.last();
    talk.ack(held.get(1));
    talk.ack(held.get(2));
    assertThat(talk.heard()).isEmpty();
    talk.ack(held.get(0));
    assertThat(talk.heardAndAcked()).containsExactly("LDS l@r2", "RDS r@r2");
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatNeverComesHoldsUpForSoLong(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 2), endpoint("c", 1), secret("s", 1), listener("l", 2), route("r", 1));
    assertThat(talk.heard()).containsExactly("CDS c@r2", "EDS c@r1");
    Response clusters = talk.last().getFirst();
    assertThat(talk.wakeAt()).isPresent();
    talk.pass(Pace.DEFAULT.answerWait().minusMillis(1));
    assertThat(talk.heard()).isEmpty();
    talk.pass(Duration.ofMillis(1));
    assertThat(talk.heardAndAcked()).containsExactly("LDS l@r2");
    assertThat(talk.events.count("synced")).isZero();
    talk.ack(clusters);
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.lines()).contains("acked CDS");
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalThatComesTooLateIsHeeded(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 2), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 1));
    talk.heard();
    Response clusters = talk.last().getFirst();
    talk.pass(Pace.DEFAULT.answerWait());
    talk.heard();
    talk.nack(clusters, "no");
    assertThat(talk.heard()).isEmpty();
    talk.offer(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 1));
    assertThat(talk.heard()).as("it has r1 still").isEmpty();
    talk.offer(cluster("c", 3), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 1));
    assertThat(talk.heard()).contains("CDS c@r3");
  }

  @ParameterizedTest
  @EnumSource
  void theNewestSnapshotReplacesTheOneThatWaits(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 2), endpoint("c", 1), secret("s", 1), listener("l", 2), route("r", 1));
    assertThat(talk.heard()).containsExactly("CDS c@r2", "EDS c@r1");
    List<Response> first = talk.last();
    talk.offer(cluster("c", 3), endpoint("c", 1), secret("s", 1), listener("l", 3), route("r", 1));
    talk.offer(cluster("c", 4), endpoint("c", 1), secret("s", 1), listener("l", 4), route("r", 1));
    assertThat(talk.heard()).as("one update of a type at a time").isEmpty();
    first.forEach(talk::ack);
    assertThat(talk.heardAndAcked())
        .containsExactly("LDS l@r2", "CDS c@r4", "EDS c@r1", "LDS l@r4");
  }

  @ParameterizedTest
  @EnumSource
  void endpointsAndSecretsNeverWaitForClusters(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 2), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 1));
    talk.heard();
    talk.ack(talk.last().get(1));
    talk.offer(cluster("c", 2), endpoint("c", 7), secret("s", 7), listener("l", 1), route("r", 1));
    assertThat(talk.heard()).containsExactly("EDS c@r7", "SDS s@r7");
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedVersionIsNotOfferedAgain(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 2), route("r", 2));
    assertThat(talk.heard()).containsExactly("LDS l@r2");
    talk.nack(talk.onlyOne(), "no");
    assertThat(talk.heardAndAcked()).as("other types go on").containsExactly("RDS r@r2");
    assertThat(talk.events.lines()).contains("nacked LDS [l] no").doesNotContain("synced");
    talk.offer(cluster("c", 1), endpoint("c", 2), secret("s", 1), listener("l", 2), route("r", 2));
    assertThat(talk.heardAndAcked()).containsExactly("EDS c@r2");
    talk.offer(cluster("c", 1), endpoint("c", 2), secret("s", 1), listener("l", 3), route("r", 2));
    assertThat(talk.heardAndAcked()).containsExactly("LDS l@r3");
    assertThat(talk.events.lines()).last().isEqualTo("synced");
  }

  @ParameterizedTest
  @EnumSource
  void goingBackToWhatAClientHasSendsNothing(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 2), route("r", 1));
    talk.heard();
    talk.nack(talk.onlyOne(), "no");
    talk.offer(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 1));
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.lines()).last().isEqualTo("synced");
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedRouteDoesNotHoldUpTheNextListener(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 2));
    talk.heard();
    talk.nack(talk.onlyOne(), "no");
    talk.offer(cluster("c", 2), endpoint("c", 1), secret("s", 1), listener("l", 2), route("r", 2));
    assertThat(talk.heardAndAcked()).containsExactly("CDS c@r2", "EDS c@r1", "LDS l@r2");
  }

  @ParameterizedTest
  @EnumSource
  void removalsComeLast(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("d", 1), endpoint("d", 1), secret("s", 1), listener("m", 1), route("r", 2));
    List<String> all = talk.heardAndAcked();
    switch (encoding) {
      case INCREMENTAL ->
          assertThat(all)
              .containsExactly("CDS d@r1", "LDS m@r1", "RDS r@r2", "LDS -l", "CDS -c", "EDS -c");
      case STATE_OF_THE_WORLD ->
          assertThat(all)
              .containsExactly(
                  "CDS c@r1 d@r1", "LDS l@r1 m@r1", "RDS r@r2", "LDS m@r1", "CDS d@r1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsRemovedWhileItsReplacementIsRefused(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("d", 1), endpoint("d", 1), secret("s", 1), listener("l", 1), route("r", 2));
    talk.heard();
    talk.ackAll();
    assertThat(talk.heard()).containsExactly("RDS r@r2");
    talk.nack(talk.onlyOne(), "no");
    assertThat(talk.heardAndAcked()).as("the old route still leads to c").isEmpty();
    talk.offer(cluster("d", 1), endpoint("d", 1), secret("s", 1), listener("l", 1), route("r", 3));
    List<String> all = talk.heardAndAcked();
    assertThat(all.getFirst()).isEqualTo("RDS r@r3");
    assertThat(all.get(1)).startsWith("CDS");
  }

  @ParameterizedTest
  @EnumSource
  void listenersDoNotWaitForEverForClustersThatNobodyAsksFor(Encoding encoding) {
    Conversation talk = new Conversation(encoding, WHOLE);
    talk.ask(LISTENER);
    assertThat(talk.heard()).isEmpty();
    talk.pass(Pace.DEFAULT.subscribeWait());
    assertThat(talk.heard()).containsExactly("LDS l@r1");
  }

  @ParameterizedTest
  @EnumSource
  void anUnsubscribedNameIsNotUpdated(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.stopAsking(ROUTE, "r");
    talk.offer(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 1), route("r", 2));
    assertThat(talk.heard()).isEmpty();
    talk.ask(ROUTE, "r");
    assertThat(talk.heard()).containsExactly("RDS r@r2");
  }

  @ParameterizedTest
  @EnumSource
  void aNameAskedForAgainIsSentAgain(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.stopAsking(ENDPOINT, "c");
    talk.ask(ENDPOINT, "c");
    assertThat(talk.heard()).containsExactly("EDS c@r1");
  }

  @ParameterizedTest
  @EnumSource
  void aNameAskedForAgainBeforeItsAnswerIsSentAgain(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 1), endpoint("c", 2), secret("s", 1), listener("l", 1), route("r", 1));
    assertThat(talk.heard()).containsExactly("EDS c@r2");
    talk.stopAsking(ENDPOINT, "c");
    talk.ask(ENDPOINT, "c");
    talk.ackAll();
    assertThat(talk.heard()).containsExactly("EDS c@r2");
  }

  @ParameterizedTest
  @EnumSource
  void aNameThatAppearsLaterIsSentUnasked(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.ask(SECRET, "late");
    talk.heardAndAcked();
    talk.offer(
        cluster("c", 1),
        endpoint("c", 1),
        secret("late", 1),
        secret("s", 1),
        listener("l", 1),
        route("r", 1));
    assertThat(talk.heard()).containsExactly("SDS late@r1");
  }

  @ParameterizedTest
  @EnumSource
  void oneMissingNameDoesNotHoldUpAnother(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.ask(SECRET, "missing", "s2");
    talk.heardAndAcked();
    talk.offer(
        cluster("c", 1),
        endpoint("c", 1),
        secret("s", 2),
        secret("s2", 1),
        listener("l", 1),
        route("r", 1));
    assertThat(talk.heardAndAcked()).containsExactly("SDS s@r2 s2@r1");
  }

  @ParameterizedTest
  @EnumSource
  void aNonceThatIsNobodysChangesNothing(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 1), endpoint("c", 1), secret("s", 1), listener("l", 2), route("r", 1));
    talk.heard();
    Response listeners = talk.onlyOne();
    talk.answer(LISTENER, "nobody's", Optional.empty());
    talk.answer(LISTENER, "nobody's", Optional.of("no"));
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.count("acked")).isZero();
    assertThat(talk.events.count("nacked")).isZero();
    talk.ack(listeners);
    talk.ack(listeners);
    assertThat(talk.heard()).isEmpty();
    assertThat(talk.events.count("acked")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerWithAnotherTypesNonceChangesNothing(Encoding encoding) {
    Conversation talk = booted(encoding);
    talk.offer(cluster("c", 2), endpoint("c", 1), secret("s", 1), listener("l", 2), route("r", 1));
    talk.heard();
    talk.answer(LISTENER, talk.last().getFirst().nonce(), Optional.empty());
    assertThat(talk.heard()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatAsksForEverythingAndGetsNothingIsToldSo(Encoding encoding) {
    Conversation talk = new Conversation(encoding, Snapshot.EMPTY);
    talk.ask(CLUSTER);
    talk.ask(LISTENER);
    assertThat(talk.heardAndAcked()).containsExactly("CDS", "LDS");
  }

  @ParameterizedTest
  @EnumSource
  void aWildcardByNameIsAWildcard(Encoding encoding) {
    Conversation talk = new Conversation(encoding, WHOLE);
    talk.ask(CLUSTER, "*");
    assertThat(talk.heardAndAcked()).containsExactly("CDS c@r1");
    talk.stopAsking(CLUSTER, "*");
    talk.offer(cluster("c", 2));
    assertThat(talk.heard()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void tooManyNamesEndTheStream(Encoding encoding) {
    Pace pace = new Pace(64 * 1024, Duration.ofSeconds(5), Duration.ofMillis(500), 2);
    Conversation talk = new Conversation(encoding, pace, WHOLE);
    assertThat(talk.ask(ROUTE, "a", "b")).isEmpty();
    assertThat(talk.ask(ROUTE, "c")).contains("3 names of type RDS, at most 2 are served");
  }

  @ParameterizedTest
  @EnumSource
  void aFloodOfSnapshotsDoesNotStarveListeners(Encoding encoding) {
    Conversation talk = booted(encoding);
    for (int revision = 2; revision < 20; revision++) {
      talk.offer(
          cluster("c", revision),
          endpoint("c", 1),
          secret("s", 1),
          listener("l", revision),
          route("r", revision));
      List<String> heard = talk.heard();
      assertThat(heard).isNotEmpty();
      talk.ackAll();
    }
    assertThat(talk.events.lines())
        .filteredOn(line -> line.startsWith("sent RDS"))
        .hasSizeGreaterThan(4);
  }
}
