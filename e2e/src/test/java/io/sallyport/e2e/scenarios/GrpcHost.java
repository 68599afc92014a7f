package io.sallyport.e2e.scenarios;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.PretendAuthority.Credential;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// An outside host that speaks gRPC, and clients of it behind a sidecar. It sends every message
/// back, and ends a call with [#STATUS] and a trailer.
final class GrpcHost implements AutoCloseable {
  static final Status STATUS = Status.FAILED_PRECONDITION.withDescription("that was all");
  static final Metadata.Key<String> TRAILER =
      Metadata.Key.of("said", Metadata.ASCII_STRING_MARSHALLER);

  private static final Marshaller<String> TEXT =
      new Marshaller<>() {
        @Override
        public InputStream stream(String value) {
          return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final MethodDescriptor<String, String> CHAT =
      MethodDescriptor.<String, String>newBuilder(TEXT, TEXT)
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName("test.Echo/Chat")
          .build();

  private final Server server;

  /// @param shown for TLS; empty: plain
  GrpcHost(String address, Optional<Credential> shown) {
    try {
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(new InetSocketAddress(address, 0))
              .addService(
                  ServerServiceDefinition.builder("test.Echo")
                      .addMethod(CHAT, (call, _) -> new Echo(call).start())
                      .build());
      if (shown.isPresent()) {
        builder.sslContext(
            GrpcSslContexts.configure(
                    SslContextBuilder.forServer(
                        shown.get().keys().getPrivate(),
                        shown.get().chain().toArray(X509Certificate[]::new)),
                    SslProvider.JDK)
                .build());
      }
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  private static final class Echo extends ServerCall.Listener<String> {
    private final ServerCall<String, String> call;
    private int messages;

    Echo(ServerCall<String, String> call) {
      this.call = call;
    }

    Echo start() {
      call.sendHeaders(new Metadata());
      call.request(1);
      return this;
    }

    @Override
    public void onMessage(String message) {
      messages++;
      call.sendMessage(message);
      call.request(1);
    }

    @Override
    public void onHalfClose() {
      Metadata trailers = new Metadata();
      trailers.put(TRAILER, messages + " messages");
      call.close(STATUS, trailers);
    }
  }

  /// What a client got.
  record Exchange(List<String> messages, Status status, Metadata trailers) {}

  /// Says some messages to a host, as an application whose connections its sidecar captures.
  static Exchange say(Application application, String host, int port, List<String> messages)
      throws InterruptedException, ExecutionException, TimeoutException {
    try (RawServer captured =
        new RawServer("127.0.0.1", socket -> carry(socket, application.dial(host, port)))) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", captured.port())
              .usePlaintext()
              .overrideAuthority(host + ":" + port)
              .build();
      try {
        return say(channel, messages);
      } finally {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
    }
  }

  private static Exchange say(ManagedChannel channel, List<String> messages)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<String> heard = new CopyOnWriteArrayList<>();
    CompletableFuture<Exchange> end = new CompletableFuture<>();
    ClientCall<String, String> call = channel.newCall(CHAT, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(String message) {
            heard.add(message);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(new Exchange(List.copyOf(heard), status, trailers));
          }
        },
        new Metadata());
    call.request(1);
    messages.forEach(call::sendMessage);
    call.halfClose();
    return end.get(Scenario.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private static void carry(Socket one, Socket other) throws IOException {
    try (other) {
      Thread.ofVirtual().start(() -> pump(one, other));
      other.getInputStream().transferTo(one.getOutputStream());
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException _) {
      // one of them is gone
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
