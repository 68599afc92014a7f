package io.sallyport.e2e.scenarios;

import io.sallyport.e2e.harness.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// An outside host that does with each connection what a test wants, to the byte.
final class RawServer implements AutoCloseable {
  private final ServerSocket listening;
  private final Conversation conversation;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  /// What happens on one connection; it is closed afterwards.
  interface Conversation {
    void with(Socket socket) throws IOException;
  }

  RawServer(String address, Conversation conversation) {
    this(address, Layout.freePort(address), conversation);
  }

  RawServer(String address, int port, Conversation conversation) {
    this.conversation = conversation;
    try {
      listening = new ServerSocket(port, 64, InetAddress.getByName(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /// How many connections there have been.
  int connections() {
    return connections.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> converse(socket));
      } catch (IOException _) {
        // closed
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      conversation.with(socket);
    } catch (IOException _) {
      // the other side is gone
    } finally {
      open.remove(socket);
    }
  }

  /// Answers every request with this status and nothing else.
  static Conversation answering(String status) {
    return socket -> {
      while (!head(socket.getInputStream()).isEmpty()) {
        socket
            .getOutputStream()
            .write(
                ("HTTP/1.1 " + status + "\r\ncontent-length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
      }
    };
  }

  /// Answers the TLS handshake of a client.
  ///
  /// @param demanding whether the client must show a certificate
  static SSLSocket secure(Socket socket, SSLContext tls, boolean demanding) throws IOException {
    SSLSocket secured =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
    secured.setUseClientMode(false);
    secured.setNeedClientAuth(demanding);
    secured.startHandshake();
    return secured;
  }

  /// The server name that a client asked for; empty: none.
  static String serverName(SSLSocket secured) {
    return ((ExtendedSSLSession) secured.getSession())
        .getRequestedServerNames().stream()
            .map(name -> ((SNIHostName) name).getAsciiName())
            .findFirst()
            .orElse("");
  }

  /// Reads everything and never answers.
  static void silent(Socket socket) throws IOException {
    socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
  }

  /// A request's head, to the empty line; empty at the end.
  static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      head.append((char) next);
      if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
    }
    return "";
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
