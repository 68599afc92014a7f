package io.sallyport.e2e.harness;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;

/// The pretend internet as a process of its own, for a container. Its arguments are the hosts,
/// `ADDRESS=NAME,NAME`; it serves each on ports 80 and 443. On [#CONTROL_PORT] of every address it
/// tells its keeper `/authority` (PEM) and `/requests` (a number).
public final class InternetServer {
  public static final int CONTROL_PORT = 8099;
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private InternetServer() {}

  public static void main(String[] hosts) throws IOException {
    PretendInternet internet = new PretendInternet();
    for (String host : hosts) {
      String[] parts = host.split("=", 2);
      internet.host(parts[0], HTTP, HTTPS, List.of(parts[1].split(",")));
    }
    HttpServer control = HttpServer.create(new InetSocketAddress(CONTROL_PORT), 16);
    control.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String text =
                switch (exchange.getRequestURI().getPath()) {
                  case "/authority" -> authority(internet);
                  case "/requests" -> String.valueOf(internet.requests());
                  case null, default -> "";
                };
            byte[] body = text.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, Math.max(1, body.length));
            exchange.getResponseBody().write(body.length == 0 ? new byte[] {'\n'} : body);
          }
        });
    control.start();
    System.out.println("the pretend internet serves " + String.join(" ", hosts));
  }

  private static String authority(Internet internet) {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(internet.authority().getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was just made can be encoded", e);
    }
  }
}
