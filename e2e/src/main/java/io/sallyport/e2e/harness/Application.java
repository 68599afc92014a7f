package io.sallyport.e2e.harness;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// An application whose connections are captured by its sidecar.
///
/// @param dialer how its connections leave it
/// @param names who outside names are
public record Application(Dialer dialer, Map<String, String> names) {
  /// Where a name that nobody knows is sent: an address for documentation (RFC 5737).
  private static final String UNKNOWN_HOST = "192.0.2.1";

  /// A connection that the application believes to lead to `host:port`.
  public Socket dial(String host, int port) throws IOException {
    return dialAddress(names.getOrDefault(host, literal(host)), port);
  }

  private static String literal(String host) {
    return host.matches("[0-9.]+|.*:.*") ? host : UNKNOWN_HOST;
  }

  /// A connection that the application believes to lead to an IP address.
  public Socket dialAddress(String ip, int port) throws IOException {
    return dialer.dial(ip, port);
  }

  /// One request on a connection of its own, with `Host` as a browser would send it.
  ///
  /// @param extraHeaders lines, each ended by CRLF, or empty
  public Answer http(String method, String host, int port, String path, String extraHeaders) {
    String authority = port == 80 ? host : host + ":" + port;
    return raw(
        host,
        port,
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: "
            + authority
            + "\r\nConnection: close\r\n"
            + extraHeaders
            + "\r\n");
  }

  public Answer get(String host, int port, String path) {
    return http("GET", host, port, path, "");
  }

  /// These bytes on a connection to `host:port`.
  public Answer raw(String host, int port, String request) {
    try (Socket socket = dial(host, port)) {
      return RawHttp.exchange(socket, request);
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }

  /// A connection on which the application itself has started TLS.
  ///
  /// @param ip the address it dials
  public SSLSocket dialTls(SSLSocketFactory tls, String ip, String host, int port)
      throws IOException {
    Socket socket = dialAddress(ip, port);
    SSLSocket secured = (SSLSocket) tls.createSocket(socket, host, port, true);
    try {
      secured.startHandshake();
      return secured;
    } catch (IOException e) {
      secured.close();
      throw e;
    }
  }

  /// A GET over TLS that the application itself starts.
  public Answer https(SSLSocketFactory tls, String host, int port, String path) {
    try (Socket socket = dial(host, port);
        SSLSocket secured = (SSLSocket) tls.createSocket(socket, host, port, true)) {
      secured.startHandshake();
      return RawHttp.exchange(
          secured, "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }
}
