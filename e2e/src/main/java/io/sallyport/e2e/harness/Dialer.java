package io.sallyport.e2e.harness;

import java.io.IOException;
import java.net.Socket;

/// How an application's connection to an address leaves its workload.
@FunctionalInterface
public interface Dialer {
  int TIMEOUT_MILLIS = 10_000;

  /// A connection that the application believes to lead to `ip:port`.
  Socket dial(String ip, int port) throws IOException;
}
