package io.sallyport.policy;

import java.util.Collections;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// Istio `WorkloadEntry`: a workload with its address, labels and service account.
///
/// @param address an IP address or a DNS name
/// @param ports for a gateway's workload: from the gateway's listener name to the port that the
///   workload really listens on; a listener without an entry is on its own port
/// @param serviceAccount the account its identity is made of; `default` where nothing was written
public record WorkloadEntry(
    Metadata metadata,
    String address,
    Map<String, Integer> ports,
    Map<String, String> labels,
    String serviceAccount)
    implements Resource {
  public WorkloadEntry {
    SequencedMap<String, Integer> sortedPorts = new TreeMap<>(ports);
    ports = Collections.unmodifiableMap(sortedPorts);
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD_ENTRY;
  }
}
