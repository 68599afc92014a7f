package io.sallyport.mesh;

import io.sallyport.mesh.ClaimedAddresses.Claim;
import io.sallyport.mesh.Contradictions.Contradiction;
import io.sallyport.mesh.Contradictions.Disagreement;
import io.sallyport.mesh.Contradictions.Placed;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Which addresses stand for which hosts, for the workloads of each namespace on each port. One
/// address can stand for one host only.
final class AddressClaims {
  private final Map<Cell, ClaimedAddresses<Claimant>> cells = new HashMap<>();

  /// @param width of the texts that addresses are, by which IPv4 and IPv6 are apart
  private record Cell(String namespace, int port, int width) {
    static Cell of(Source source, int port, AddressRange block) {
      return new Cell(source.namespace(), port, block.first().length());
    }
  }

  private record Claimant(Source source, Placed placed) {}

  void add(EgressRoute.Tcp route, Placed placed) {
    for (String host : route.hosts()) {
      for (AddressRange block : route.blocks(host)) {
        for (Source source : route.from()) {
          cells
              .computeIfAbsent(Cell.of(source, route.port(), block), _ -> new ClaimedAddresses<>())
              .add(new Claim<>(block, host, new Claimant(source, placed)));
        }
      }
    }
  }

  /// The first claim to some address of the route, by another host for a workload of both.
  Optional<Contradiction> find(EgressRoute.Tcp route) {
    for (String host : route.hosts()) {
      for (AddressRange block : route.blocks(host)) {
        for (Source source : route.from()) {
          ClaimedAddresses<Claimant> claimed = cells.get(Cell.of(source, route.port(), block));
          Optional<Claim<Claimant>> other =
              claimed == null
                  ? Optional.empty()
                  : claimed.ofOthers(
                      host, block, by -> Contradictions.overlap(source, by.source()));
          if (other.isPresent()) {
            return Optional.of(
                new Contradiction(
                    narrower(block, other.get().block()).toString(),
                    Disagreement.ADDRESS,
                    other.get().about().placed()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static AddressRange narrower(AddressRange a, AddressRange b) {
    return a.prefixLength() < b.prefixLength() ? b : a;
  }

  /// At how many places it has looked so far.
  long looked() {
    return cells.values().stream().mapToLong(ClaimedAddresses::looked).sum();
  }
}
