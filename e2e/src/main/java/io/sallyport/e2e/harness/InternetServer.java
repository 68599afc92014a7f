package io.sallyport.e2e.harness;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The pretend internet as a process of its own, for a container. Its arguments are the hosts,
/// `ADDRESS=NAME,NAME`; it serves each on ports 80 and 443. Who vouches for them may come first, as
/// a file that [PretendAuthority#save] wrote. On [#CONTROL_PORT] of every address it tells its
/// keeper [#REQUESTS], a number.
public final class InternetServer {
  public static final int CONTROL_PORT = 8099;

  /// Where the control port tells how many requests have arrived.
  public static final String REQUESTS = "/requests";

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private InternetServer() {}

  public static void main(String[] arguments) throws IOException {
    boolean authorityIsGiven = !arguments[0].contains("=");
    PretendInternet internet =
        new PretendInternet(
            authorityIsGiven
                ? PretendAuthority.load(Path.of(arguments[0]))
                : new PretendAuthority("pretend internet"));
    List<String> hosts = List.of(arguments).subList(authorityIsGiven ? 1 : 0, arguments.length);
    for (String host : hosts) {
      String[] parts = host.split("=", 2);
      internet.host(parts[0], HTTP, HTTPS, List.of(parts[1].split(",")));
    }
    HttpServer control = HttpServer.create(new InetSocketAddress(CONTROL_PORT), 16);
    control.createContext(
        REQUESTS,
        exchange -> {
          try (exchange) {
            byte[] body = String.valueOf(internet.requests()).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    control.start();
    System.out.println("the pretend internet serves " + String.join(" ", hosts));
  }
}
