package io.sallyport.e2e.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// An application in a container that dials what it is told to, from inside its own network
/// namespace: SOCKS5 on [#PORT]. So a scenario, which runs elsewhere, can be this application.
public final class Relay {
  public static final int PORT = 1080;

  private Relay() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Application itself = new Application(Relay::connect, Map.of());
    try (InterceptionShim shim = new InterceptionShim(itself, new InetSocketAddress(PORT))) {
      System.out.println("relay on " + shim.address());
      new CountDownLatch(1).await();
    }
  }

  private static Socket connect(String ip, int port) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(ip, port), Dialer.TIMEOUT_MILLIS);
    return socket;
  }
}
