package io.sallyport.xds;

import java.time.Duration;

/// How fast and how much: the few numbers of a stream's state.
///
/// @param pieceBytes a response is closed once its resources reach this size, in bytes
/// @param answerWait how long an unanswered update holds back what comes after it; the client may
///   be warming a cluster, whose endpoints or addresses are slow
/// @param subscribeWait how long, from the start of the stream, clusters are waited for before
///   listeners go, and listeners before routes, if the client does not subscribe to them
/// @param maxNames how many names one stream may subscribe to, of one type
public record Pace(int pieceBytes, Duration answerWait, Duration subscribeWait, int maxNames) {
  public static final Pace DEFAULT =
      new Pace(64 * 1024, Duration.ofSeconds(5), Duration.ofMillis(500), 50_000);
}
