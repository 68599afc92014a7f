package io.sallyport.policy;

import java.time.Duration;
import java.util.List;

/// `mesh.sallyport.io/v1 MeshConfig`: what holds for the whole mesh. At most one; without one,
/// [#DEFAULT] is in force.
///
/// @param rootNamespace the namespace whose security policies hold everywhere
public record MeshConfig(
    Metadata metadata,
    String trustDomain,
    OutboundMode outboundMode,
    String rootNamespace,
    Dns dns,
    ExternalTrust externalTrust,
    Certificates certificates)
    implements Resource {
  public static final MeshConfig DEFAULT =
      new MeshConfig(
          Metadata.of("", "default"),
          "cluster.local",
          OutboundMode.REGISTRY_ONLY,
          "istio-system",
          new Dns(List.of(), List.of()),
          new ExternalTrust(true, List.of()),
          new Certificates(Duration.ofHours(1)));

  @Override
  public Kind kind() {
    return Kind.MESH_CONFIG;
  }

  /// What happens to traffic that no rule names.
  public enum OutboundMode {
    REGISTRY_ONLY,
    ALLOW_ANY
  }

  /// How gateways resolve outside names.
  ///
  /// @param resolvers DNS servers as `address` or `address:port`; empty: the machine's own
  /// @param hostAliases fixed answers, which go before any resolver
  public record Dns(List<String> resolvers, List<HostAlias> hostAliases) {
    public Dns {
      resolvers = List.copyOf(resolvers);
      hostAliases = List.copyOf(hostAliases);
    }
  }

  /// One address and the names that stand for it (the shape of a pod's `hostAliases`).
  public record HostAlias(String ip, List<String> hostnames) {
    public HostAlias {
      hostnames = List.copyOf(hostnames);
    }
  }

  /// Who may sign certificates of outside hosts.
  ///
  /// @param caFiles PEM files, relative to the document
  public record ExternalTrust(boolean systemRoots, List<String> caFiles) {
    public ExternalTrust {
      caFiles = List.copyOf(caFiles);
    }
  }

  /// How long certificates live.
  ///
  /// @param workloadLifetime of a workload's SVID; at least 60 s
  public record Certificates(Duration workloadLifetime) {}
}
