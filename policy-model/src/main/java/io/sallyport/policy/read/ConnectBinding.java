package io.sallyport.policy.read;

import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.OutsideEndpoint;
import io.sallyport.policy.WildcardHost;

/// What a destination with `connect: true` may not say besides.
final class ConnectBinding {
  private ConnectBinding() {}

  /// What is in a tunnel is the application's own.
  static void check(FieldValue connect, Destination destination) {
    if (destination.port().protocol() != Protocol.HTTP) {
      connect.error(
          "`connect` with protocol " + destination.port().protocol(),
          "TLS that the application starts is carried as it is without it");
    }
    if (destination.httpsUpgrade().isPresent()) {
      connect.error(
          "`connect` with `httpsUpgrade`",
          "the gateway's TLS would be around whatever the application sends in the tunnel; write"
              + " two destinations, on two ports");
    }
    if (!destination.http().isEmpty()) {
      connect.error("`connect` with `http`", "requests inside a tunnel can't be seen");
    }
    if (destination.outside().endpoints().stream().anyMatch(OutsideEndpoint::isOtherHost)) {
      connect.error(
          "`connect` with `endpoints[].host`",
          "what the application sends in a tunnel can't be addressed to another host; write"
              + " `address`");
    }
    if (destination.hosts().stream().anyMatch(WildcardHost::isWildcard)) {
      connect.error(
          "`connect` with a wildcard in `hosts`",
          "a tunnel carries anything; name the hosts that it may lead to");
    }
  }
}
