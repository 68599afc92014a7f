package io.sallyport.xds.grpc;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The open connections: how many there may be, and how to end one. gRPC can end a stream but not
/// the connection under it, on which a client whose certificate has expired would ask again, and in
/// whose buffers a client that never reads leaves what was sent to it.
final class Connections {
  private final Map<SocketAddress, Channel> open = new ConcurrentHashMap<>();
  private final int limit;

  Connections(int limit) {
    this.limit = limit;
  }

  /// A listening socket whose connections are counted here.
  NioServerSocketChannel listen() {
    return new Listening();
  }

  int size() {
    return open.size();
  }

  /// Ends the connection of a peer, after what it was last sent had a moment to leave.
  void end(@Nullable SocketAddress peer) {
    Channel channel = peer == null ? null : open.get(peer);
    if (channel != null) {
      channel.eventLoop().execute(channel::close);
    }
  }

  private boolean add(Channel channel) {
    SocketAddress peer = channel.remoteAddress();
    if (peer == null || open.size() >= limit) {
      return false;
    }
    open.put(peer, channel);
    channel.closeFuture().addListener(_ -> open.remove(peer, channel));
    return true;
  }

  private final class Listening extends NioServerSocketChannel {
    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int count = super.doReadMessages(accepted);
      if (count > 0 && accepted.getLast() instanceof Channel channel && !add(channel)) {
        accepted.removeLast();
        channel.unsafe().closeForcibly();
        return 0;
      }
      return count;
    }
  }
}
