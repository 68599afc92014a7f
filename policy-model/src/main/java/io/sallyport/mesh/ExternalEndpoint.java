package io.sallyport.mesh;

import io.sallyport.mesh.ScopeView.OutsideTls;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.Outside;
import io.sallyport.policy.OutsideEndpoint;
import io.sallyport.policy.OutsideEndpoint.Address;
import io.sallyport.policy.OutsideEndpoint.Host;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One of several places where a gateway may go for an outside host.
///
/// @param host who is asked for there (Host), with [#hostPort]
/// @param hostPort the port that belongs to that name
/// @param tls where the gateway starts TLS; then with that host's name
/// @param dialled the name or address that is dialled
/// @param addresses fixed addresses of what is dialled; empty: ask DNS
/// @param port that is dialled
/// @param weight its share among those of its priority
/// @param priority 0 first, without gaps
public record ExternalEndpoint(
    String host,
    int hostPort,
    Optional<OutsideTls> tls,
    String dialled,
    List<String> addresses,
    int port,
    int weight,
    int priority) {
  private static final Comparator<ExternalEndpoint> ORDER =
      Comparator.comparingInt(ExternalEndpoint::priority)
          .thenComparing(ExternalEndpoint::host)
          .thenComparing(ExternalEndpoint::dialled)
          .thenComparingInt(ExternalEndpoint::port);

  public ExternalEndpoint {
    addresses = List.copyOf(addresses);
  }

  /// What a rule lists for a host, sorted; none: the host itself.
  ///
  /// @param port that the gateway dials for the host
  /// @param upgraded whether the gateway starts TLS
  /// @param aliases the fixed addresses of a name, possibly none
  static List<ExternalEndpoint> of(
      String host,
      int port,
      boolean upgraded,
      Outside outside,
      Function<String, List<String>> aliases) {
    return outside.endpoints().stream()
        .map(endpoint -> of(host, port, upgraded, outside, endpoint, aliases))
        .sorted(ORDER)
        .toList();
  }

  private static ExternalEndpoint of(
      String host,
      int port,
      boolean upgraded,
      Outside outside,
      OutsideEndpoint endpoint,
      Function<String, List<String>> aliases) {
    int dialledPort = endpoint.port().orElse(port);
    String asked =
        switch (endpoint.target()) {
          case Address _ -> host;
          case Host(String name) -> name;
        };
    String dialled =
        switch (endpoint.target()) {
          case Address(String nameOrIp) -> nameOrIp;
          case Host(String name) -> name;
        };
    return new ExternalEndpoint(
        asked,
        endpoint.isOtherHost() ? dialledPort : port,
        upgraded ? Optional.of(OutsideTls.of(asked, outside.tls())) : Optional.empty(),
        dialled,
        IpLiteral.isIp(dialled) ? List.of(dialled) : aliases.apply(dialled),
        dialledPort,
        endpoint.weight(),
        endpoint.priority());
  }
}
