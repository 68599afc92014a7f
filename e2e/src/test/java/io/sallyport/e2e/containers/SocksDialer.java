package io.sallyport.e2e.containers;

import io.sallyport.e2e.harness.Dialer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;

/// Has a [io.sallyport.e2e.harness.Relay] dial from inside its container.
record SocksDialer(InetSocketAddress relay) implements Dialer {
  @Override
  public Socket dial(String ip, int port) throws IOException {
    Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, relay));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(ip, port), TIMEOUT_MILLIS);
    return socket;
  }
}
