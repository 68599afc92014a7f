package io.sallyport.mesh;

import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.Origin;
import java.util.List;

/// One destination of one rule, joined with its gateway.
sealed interface EgressRoute {
  /// The destination: `spec.egressRules[i].to[j]`.
  Origin origin();

  /// Whom the rule allows it.
  List<Source> from();

  List<String> hosts();

  /// The port that applications dial.
  int port();

  Protocol protocol();

  /// The gateway's port that the hop uses.
  ServicePort hop();

  /// The port that the gateway dials.
  int targetPort();

  /// Plain HTTP from end to end (but for the hop), routed by Host.
  record Http(Origin origin, List<Source> from, List<String> hosts, int port, ServicePort hop)
      implements EgressRoute {
    public Http {
      from = List.copyOf(from);
      hosts = List.copyOf(hosts);
    }

    @Override
    public Protocol protocol() {
      return Protocol.HTTP;
    }

    @Override
    public int targetPort() {
      return port;
    }
  }
}
