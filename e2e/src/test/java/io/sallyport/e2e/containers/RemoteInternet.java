package io.sallyport.e2e.containers;

import io.sallyport.e2e.harness.Internet;
import io.sallyport.e2e.harness.InternetServer;
import io.sallyport.e2e.harness.PretendAuthority;

/// The pretend internet in its container, asked by its control port.
record RemoteInternet(String address, PretendAuthority authority) implements Internet {
  @Override
  public long requests() {
    return HostHttp.get(
            "http://" + address + ":" + InternetServer.CONTROL_PORT + InternetServer.REQUESTS)
        .map(Long::parseLong)
        .orElseThrow(() -> new IllegalStateException("the pretend internet does not answer"));
  }
}
