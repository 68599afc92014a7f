package io.sallyport.e2e.harness;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A layer-4 shim in front of a sidecar: takes a connection by SOCKS5 (RFC 1928, no authentication,
/// CONNECT only) and hands it to the capture listener with the original destination in a PROXY
/// protocol header. So that any tool (`curl --proxy socks5h://…`) can be the application.
public final class InterceptionShim implements AutoCloseable {
  private final Application application;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  public InterceptionShim(Application application, InetSocketAddress bind) throws IOException {
    this.application = application;
    this.listener = new ServerSocket();
    listener.bind(bind);
    threads.submit(this::accept);
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        threads.submit(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      in.readByte();
      in.skipNBytes(in.readUnsignedByte());
      out.write(new byte[] {5, 0});
      in.readByte();
      int command = in.readByte();
      in.readByte();
      String host = host(in);
      int port = in.readUnsignedShort();
      if (command != 1) {
        out.write(new byte[] {5, 7, 0, 1, 0, 0, 0, 0, 0, 0});
        return;
      }
      try (Socket captured = application.dial(host, port)) {
        out.write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        CompletableFuture<Void> back =
            CompletableFuture.runAsync(() -> copy(captured, client), threads);
        copy(client, captured);
        back.join(); // who has said everything may still be listening
      }
    } catch (IOException e) {
      // the client or the sidecar ended the connection: so does the shim
    }
  }

  private static String host(DataInputStream in) throws IOException {
    return switch (in.readByte()) {
      case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
      case 3 -> new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII);
      case 4 -> InetAddress.getByAddress(in.readNBytes(16)).getHostAddress();
      default -> throw new IOException("only addresses and names");
    };
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      close(to);
      close(from);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // closed is what it was to be
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // closed is what it was to be
    }
    threads.shutdownNow();
  }
}
