package io.sallyport.bootstrap;

import io.sallyport.identity.DnsNames;
import io.sallyport.identity.IdentityException;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ProxyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What a user asks for with `sallyport bootstrap`.
///
/// @param serviceAccount empty: the one that the registry knows, or else the workload's name
/// @param xds where the proxy finds the control plane
/// @param out the directory to write
/// @param mountedAt where the proxy will see that directory, when it is another place, as in a
///   container; empty: where it is
/// @param ttl how long the client certificate lives
public record BootstrapRequest(
    ProxyKind kind,
    String namespace,
    String workload,
    Optional<String> serviceAccount,
    HostPort xds,
    Path out,
    Optional<Path> mountedAt,
    Listen listen,
    HostPort envoyAdmin,
    Duration ttl) {
  public static final HostPort DEFAULT_ADMIN = new HostPort("127.0.0.1", 15000);
  public static final Duration DEFAULT_TTL = Duration.ofHours(24);
  private static final Duration SHORTEST = Duration.ofSeconds(60);
  private static final Duration LONGEST = Duration.ofDays(90);

  /// What the proxy asks of the control plane; what is empty is left to its defaults.
  ///
  /// @param bind the address a gateway listens on
  /// @param dns where a sidecar answers DNS; empty: it does not
  public record Listen(
      Optional<Interception> interception,
      Optional<HostPort> outbound,
      Optional<HostPort> inbound,
      Optional<String> bind,
      Optional<HostPort> dns) {
    public static final Listen DEFAULT =
        new Listen(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public Listen(
        Optional<Interception> interception,
        Optional<HostPort> outbound,
        Optional<HostPort> inbound,
        Optional<String> bind) {
      this(interception, outbound, inbound, bind, Optional.empty());
    }
  }

  /// @throws IdentityException naming the option that can't be
  public BootstrapRequest {
    require(
        DnsNames.isLabel(namespace),
        "--namespace '"
            + namespace
            + "' is no namespace: expected lower-case letters, digits, '-'");
    require(DnsNames.isSubdomain(workload), notAName("--workload", workload));
    serviceAccount.ifPresent(
        name -> require(DnsNames.isSubdomain(name), notAName("--service-account", name)));
    require(
        envoyAdmin.isLoopback(),
        "--envoy-admin '"
            + envoyAdmin
            + "' is not on loopback: whoever reaches Envoy's admin port can stop it and read its"
            + " configuration");
    require(
        ttl.compareTo(SHORTEST) >= 0 && ttl.compareTo(LONGEST) <= 0,
        "--ttl " + ttl.toSeconds() + " s is out of range: expected 60 s to 90 days");
    mountedAt.ifPresent(
        path -> require(path.isAbsolute(), "--mounted-at '" + path + "' is not an absolute path"));
    requireFits(kind, listen);
  }

  /// The kind as it is written in commands and node IDs.
  static String name(ProxyKind kind) {
    return switch (kind) {
      case SIDECAR -> "sidecar";
      case EGRESS_GATEWAY -> "egress-gateway";
      case INGRESS_GATEWAY -> "ingress-gateway";
    };
  }

  private static void requireFits(ProxyKind kind, Listen listen) {
    listen.outbound().ifPresent(address -> address.requireAddress("--outbound"));
    listen.inbound().ifPresent(address -> address.requireAddress("--inbound"));
    listen.dns().ifPresent(address -> address.requireAddress("--dns"));
    listen
        .bind()
        .ifPresent(address ->
            require(
                HostPort.address(address).isPresent(),
                "--bind '" + address + "' is no IP address"));
    boolean sidecars =
        listen.interception().isPresent()
            || listen.outbound().isPresent()
            || listen.inbound().isPresent()
            || listen.dns().isPresent();
    switch (kind) {
      case SIDECAR -> require(listen.bind().isEmpty(), "--bind is for gateways only");
      case EGRESS_GATEWAY, INGRESS_GATEWAY ->
          require(
              !sidecars, "--interception, --outbound, --inbound and --dns are for sidecars only");
    }
  }

  private static String notAName(String option, String value) {
    return option
        + " '"
        + value
        + "' is no name: expected lower-case letters, digits, '-' and '.', at most 253 of them";
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IdentityException(otherwise);
    }
  }
}
