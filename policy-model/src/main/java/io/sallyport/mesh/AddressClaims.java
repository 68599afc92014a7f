package io.sallyport.mesh;

import io.sallyport.mesh.Contradictions.Contradiction;
import io.sallyport.mesh.Contradictions.Disagreement;
import io.sallyport.mesh.Contradictions.Placed;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Which addresses stand for which hosts, for the workloads of each namespace on each port. One
/// address can stand for one host only.
final class AddressClaims {
  private final Map<Cell, NavigableMap<String, List<Claim>>> byFirst = new HashMap<>();

  /// @param width of the texts that addresses are, by which IPv4 and IPv6 are apart
  private record Cell(String namespace, int port, int width) {
    static Cell of(Source source, int port, AddressRange block) {
      return new Cell(source.namespace(), port, block.first().length());
    }
  }

  private record Claim(AddressRange block, String host, Source source, Placed placed) {}

  void add(EgressRoute.Tcp route, Placed placed) {
    for (String host : route.hosts()) {
      for (AddressRange block : route.blocks(host)) {
        for (Source source : route.from()) {
          byFirst
              .computeIfAbsent(Cell.of(source, route.port(), block), _ -> new TreeMap<>())
              .computeIfAbsent(block.first(), _ -> new ArrayList<>())
              .add(new Claim(block, host, source, placed));
        }
      }
    }
  }

  /// The first claim to some address of the route, by another host for a workload of both.
  Optional<Contradiction> find(EgressRoute.Tcp route) {
    for (String host : route.hosts()) {
      for (AddressRange block : route.blocks(host)) {
        for (Source source : route.from()) {
          Optional<Claim> other =
              overlapping(Cell.of(source, route.port(), block), block)
                  .filter(claim -> !claim.host().equals(host))
                  .filter(claim -> Contradictions.overlap(source, claim.source()))
                  .findFirst();
          if (other.isPresent()) {
            return Optional.of(
                new Contradiction(
                    narrower(block, other.get().block()).toString(),
                    Disagreement.ADDRESS,
                    other.get().placed()));
          }
        }
      }
    }
    return Optional.empty();
  }

  /// Blocks overlap if one is within the other.
  private Stream<Claim> overlapping(Cell cell, AddressRange block) {
    NavigableMap<String, List<Claim>> claims = byFirst.getOrDefault(cell, new TreeMap<>());
    Stream<Claim> within =
        claims.subMap(block.first(), true, block.last(), true).values().stream()
            .flatMap(List::stream);
    Stream<Claim> around =
        block.enclosing().stream()
            .flatMap(outer ->
                claims.getOrDefault(outer.first(), List.of()).stream()
                    .filter(claim -> claim.block().equals(outer)));
    return Stream.concat(around, within);
  }

  private static AddressRange narrower(AddressRange a, AddressRange b) {
    return a.prefixLength() < b.prefixLength() ? b : a;
  }
}
