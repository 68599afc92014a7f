package io.sallyport.xds.grpc;

import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.sallyport.xds.Admission;
import io.sallyport.xds.XdsEvents;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The xDS server: aggregated discovery in both encodings, over mutual TLS and nothing else.
///
/// Threads: the event loops read and write the network; a few threads, as many as there are
/// processors, run the streams, each stream on one at a time; one ticker tells them the time.
public final class XdsServer implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(50);

  private final Server server;
  private final AdsService service;
  private final InstantSource clock;
  private final ExecutorService threads;
  private final ScheduledExecutorService ticker;
  private final EventLoopGroup acceptors;
  private final EventLoopGroup workers;

  private XdsServer(
      InetSocketAddress address,
      TlsServerCredentials credentials,
      Admission admission,
      XdsEvents events,
      XdsLimits limits,
      InstantSource clock,
      Consumer<Throwable> faults) {
    int processors = Runtime.getRuntime().availableProcessors();
    this.clock = clock;
    threads = Executors.newFixedThreadPool(processors, named("xds-stream"));
    ticker = Executors.newSingleThreadScheduledExecutor(named("xds-ticker"));
    acceptors = new MultiThreadIoEventLoopGroup(1, named("xds-accept"), NioIoHandler.newFactory());
    workers =
        new MultiThreadIoEventLoopGroup(processors, named("xds-io"), NioIoHandler.newFactory());
    Connections connections = new Connections(limits.connections());
    service = new AdsService(admission, events, limits, clock, threads, connections, faults);
    server =
        NettyServerBuilder.forAddress(address, credentials)
            .channelFactory(connections::listen)
            .bossEventLoopGroup(acceptors)
            .workerEventLoopGroup(workers)
            .directExecutor()
            .maxInboundMessageSize(limits.messageBytes())
            .maxInboundMetadataSize(limits.headerBytes())
            .maxConcurrentCallsPerConnection(limits.streamsPerConnection())
            .handshakeTimeout(limits.handshake().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTime(limits.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(limits.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(limits.keepAlive().toMillis() / 3, TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(service.definition())
            .build();
  }

  /// Starts to serve.
  ///
  /// @param address where to listen; port 0 for any
  /// @param credentials must require a client certificate; may be backed by key and trust managers
  ///   that reload, as connections take what is current when they begin
  /// @param faults told of programmer's mistakes; the stream concerned is ended
  /// @throws IOException if the address can't be listened on
  public static XdsServer start(
      InetSocketAddress address,
      TlsServerCredentials credentials,
      Admission admission,
      XdsEvents events,
      XdsLimits limits,
      InstantSource clock,
      Consumer<Throwable> faults)
      throws IOException {
    if (credentials.getClientAuth() != TlsServerCredentials.ClientAuth.REQUIRE) {
      throw new IllegalArgumentException("the credentials do not require a client certificate");
    }
    XdsServer started =
        new XdsServer(address, credentials, admission, events, limits, clock, faults);
    try {
      started.server.start();
    } catch (IOException e) {
      started.close(Duration.ZERO);
      throw e;
    }
    long period = TICK.toMillis();
    started.ticker.scheduleAtFixedRate(started::tick, period, period, TimeUnit.MILLISECONDS);
    return started;
  }

  /// The port it listens on.
  public int port() {
    return server.getPort();
  }

  /// Looks at the clock now; it is also looked at all the time.
  void tick() {
    service.tick(clock.instant());
  }

  /// Stops: admits nobody any more, ends all streams so that their clients go elsewhere, and waits
  /// no longer than `grace` for that to reach them.
  public void close(Duration grace) {
    server.shutdown();
    service.stop();
    try {
      if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    ticker.shutdownNow();
    threads.shutdown();
    acceptors.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /// Stops within five seconds.
  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }

  private static ThreadFactory named(String name) {
    return Thread.ofPlatform().daemon().name(name + "-", 0).factory();
  }
}
