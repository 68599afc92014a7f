package io.sallyport.status;

import java.time.Instant;
import java.util.List;

/// Who is connected.
///
/// @param at when this was so, by the control plane's clock
/// @param proxies by namespace, workload, and time of connecting
public record ProxyReport(Instant at, List<ProxyStatus> proxies) {
  public ProxyReport {
    proxies = List.copyOf(proxies);
  }
}
