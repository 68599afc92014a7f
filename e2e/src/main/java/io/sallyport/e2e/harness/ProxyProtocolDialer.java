package io.sallyport.e2e.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Hands connections to a sidecar behind a PROXY protocol header that tells where they were to go,
/// exactly as an interception shim does it.
///
/// @param address the application's own address
/// @param capture the sidecar's capture listener
public record ProxyProtocolDialer(String address, InetSocketAddress capture) implements Dialer {
  @Override
  public Socket dial(String ip, int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(capture, TIMEOUT_MILLIS);
    String header =
        "PROXY TCP4 " + address + " " + ip + " " + socket.getLocalPort() + " " + port + "\r\n";
    socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
