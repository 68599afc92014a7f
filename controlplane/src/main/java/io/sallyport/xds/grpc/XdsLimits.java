package io.sallyport.xds.grpc;

import io.sallyport.xds.Pace;
import java.time.Duration;

/// What the edge lets a client do, so that one client can't take what others need.
///
/// @param pace the size and the waits of a stream's updates, and how many names it may ask for
/// @param messageBytes the largest request that is read
/// @param headerBytes the largest request headers that are read
/// @param connections how many connections may be open
/// @param streamsPerConnection how many streams one connection may carry
/// @param streamsPerIdentity how many streams the proxies of one client certificate's names may
///   open
/// @param nodeEntries how many entries `node.metadata.sallyport` may have
/// @param nodeChars how long each of its strings, and the node's id, may be
/// @param handshake how long a connection may take to prove who it is
/// @param drain how long a client may leave what was sent to it unread
/// @param keepAlive how long a connection may be silent before it is asked whether it is still
///   there
public record XdsLimits(
    Pace pace,
    int messageBytes,
    int headerBytes,
    int connections,
    int streamsPerConnection,
    int streamsPerIdentity,
    int nodeEntries,
    int nodeChars,
    Duration handshake,
    Duration drain,
    Duration keepAlive) {
  public static final XdsLimits DEFAULT =
      new XdsLimits(
          Pace.DEFAULT,
          4 << 20,
          8 << 10,
          20_000,
          8,
          4_096,
          64,
          1_024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));
}
