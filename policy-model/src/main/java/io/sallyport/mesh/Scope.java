package io.sallyport.mesh;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// The proxies that share one configuration: same kind, namespace, service account, labels, and the
/// listen addresses they asked for.
///
/// @param gateway for a gateway's proxies: the name of their gateway; else empty
/// @param address for a gateway's proxies: the address they listen on; else empty
/// @param ports for a gateway's proxies: from listener name to the real port (see `WorkloadEntry`)
public record Scope(
    ProxyKind kind,
    String namespace,
    String serviceAccount,
    Map<String, String> labels,
    String gateway,
    String address,
    Map<String, Integer> ports,
    ListenOptions listen) {
  public Scope {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    ports = Collections.unmodifiableMap(new TreeMap<>(ports));
  }
}
