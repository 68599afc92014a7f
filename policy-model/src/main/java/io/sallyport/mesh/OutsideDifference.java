package io.sallyport.mesh;

import io.sallyport.policy.Outside;
import java.util.ArrayList;
import java.util.List;

/// The fields in which two rules would have a gateway speak to a host differently.
final class OutsideDifference {
  private OutsideDifference() {}

  /// Their names as a user writes them, for a sentence; never empty for two that are not equal.
  static String names(Outside a, Outside b) {
    List<String> names = new ArrayList<>();
    note(names, "tls", a.tls(), b.tls());
    note(names, "timeouts", a.timeouts(), b.timeouts());
    note(names, "retries", a.retries(), b.retries());
    note(names, "connectionPool", a.connectionPool(), b.connectionPool());
    note(names, "outlierDetection", a.outlierDetection(), b.outlierDetection());
    note(names, "upstreamProtocol", a.upstreamProtocol(), b.upstreamProtocol());
    note(names, "websocket", a.websocket(), b.websocket());
    note(names, "endpoints", a.endpoints(), b.endpoints());
    note(names, "resolvedAddresses", a.resolvedAddresses(), b.resolvedAddresses());
    return String.join(", ", names);
  }

  private static void note(List<String> names, String name, Object a, Object b) {
    if (!a.equals(b)) {
      names.add("`" + name + "`");
    }
  }
}
