package io.sallyport.policy.read;

import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.HostName;
import io.sallyport.policy.Outside.Tls;
import io.sallyport.policy.OutsideEndpoint;
import io.sallyport.policy.OutsideEndpoint.Address;
import io.sallyport.policy.OutsideEndpoint.Host;
import io.sallyport.policy.OutsideEndpoint.Target;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// `endpoints` of a destination: where its gateway goes in place of the hosts.
final class EndpointsBinding {
  private static final int MOST = 64;
  private static final int MOST_WEIGHT = 1000;
  private static final int LAST_PRIORITY = MOST - 1;

  private EndpointsBinding() {}

  /// @param targetPort the port that the gateway dials unless an endpoint says otherwise
  static List<OutsideEndpoint> bind(FieldValue field, Protocol protocol, int targetPort) {
    if (!field.isPresent()) {
      return List.of();
    }
    Distinct distinct = new Distinct("endpoint");
    List<OutsideEndpoint> endpoints =
        field.list(
            MOST,
            item -> {
              OutsideEndpoint endpoint = item.object(e -> endpoint(e, protocol));
              name(endpoint, targetPort).ifPresent(name -> distinct.check(item, name));
              return endpoint;
            });
    SortedSet<Integer> priorities = new TreeSet<>();
    endpoints.forEach(endpoint -> priorities.add(endpoint.priority()));
    if (!priorities.isEmpty() && priorities.last() >= priorities.size()) {
      int missing = 0;
      while (priorities.contains(missing)) {
        missing++;
      }
      field.error(
          "no endpoint has priority " + missing,
          "priorities count from 0 without a gap; the last one here is " + priorities.last());
    }
    return endpoints;
  }

  private static OutsideEndpoint endpoint(RecordBinder endpoint, Protocol protocol) {
    FieldValue address = endpoint.optional("address");
    FieldValue host = endpoint.optional("host");
    if (address.isPresent() == host.isPresent()) {
      endpoint.error(
          address.isPresent()
              ? "an endpoint with `address` and `host`"
              : "an endpoint without `address` or `host`",
          "write `address` for another way to the same host, or `host` for another host");
    }
    if (host.isPresent() && protocol != Protocol.HTTP) {
      host.error(
          "`host` with protocol " + protocol,
          "what the application sends in its own TLS can't be addressed to another host; write"
              + " `address`");
    }
    Target target =
        host.isPresent()
            ? new Host(host.parse(HostName::parse, ""))
            : new Address(address.parse(HostName::parseOrIp, ""));
    return new OutsideEndpoint(
        target,
        endpoint.optional("port").map(port -> port.port(0)),
        endpoint.optional("weight").integer("weight", 1, MOST_WEIGHT, 1),
        endpoint.optional("priority").integer("priority", 0, LAST_PRIORITY, 0));
  }

  /// Empty where it was wrong.
  private static Optional<String> name(OutsideEndpoint endpoint, int targetPort) {
    String port = " port " + endpoint.port().orElse(targetPort);
    return switch (endpoint.target()) {
      case Address(String nameOrIp) when !nameOrIp.isEmpty() ->
          Optional.of("address " + nameOrIp + port);
      case Host(String name) when !name.isEmpty() -> Optional.of("host " + name + port);
      case Address _, Host _ -> Optional.empty();
    };
  }

  /// Says that names can't be asked for or proven in place of those of several hosts.
  static void refuseNames(FieldValue tlsField, Tls tls) {
    if (tls.sni().isPresent() || !tls.subjectAltNames().isEmpty()) {
      tlsField.error(
          "`tls."
              + (tls.sni().isPresent() ? "sni" : "subjectAltNames")
              + "` with `endpoints[].host`",
          "such an endpoint is asked for by its own name, and proves that; leave one of them out");
    }
  }
}
