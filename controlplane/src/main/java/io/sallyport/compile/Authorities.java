package io.sallyport.compile;

/// Outside hosts as they are to hear themselves called.
final class Authorities {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private Authorities() {}

  /// The rule's own spelling, with the port where it is not the scheme's (RFC 9110, section 7.2);
  /// the connection manager stripped it.
  static String of(String host, int port, boolean tls) {
    return port == (tls ? HTTPS_PORT : HTTP_PORT) ? host : host + ":" + port;
  }
}
