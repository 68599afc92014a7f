package io.sallyport.status;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.xds.ProxyId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One stream of a connected proxy: what it has acknowledged, and what it refused.
///
/// @param userAgent Envoy's version, as it says itself
/// @param encoding how it is served: `incremental` or `sotw`
/// @param since when it connected
/// @param types one of each type, in the order of [ResourceType]
/// @param refusals what it refuses now
/// @param certificate the one it has acknowledged; empty where it has none yet
public record ProxyStatus(
    ProxyId proxy,
    String userAgent,
    String encoding,
    Instant since,
    List<TypeStatus> types,
    List<Refusal> refusals,
    Optional<Certificate> certificate) {
  public ProxyStatus {
    types = List.copyOf(types);
    refusals = List.copyOf(refusals);
  }

  /// How far a proxy is.
  public enum Progress {
    /// It is to have nothing, and has nothing.
    NONE,
    /// It has acknowledged what it is to have.
    SYNCED,
    /// Something is still to be sent or acknowledged.
    PENDING,
    /// It refuses something that it is still to have.
    REFUSED
  }

  /// @param resources how many it is to have
  public record TypeStatus(ResourceType type, Progress progress, int resources) {}

  /// A resource that a proxy refused and is still to have; until it accepts a newer version, its
  /// last good one stays in force there.
  ///
  /// @param resource the resource's name
  /// @param message Envoy's own words, on one line
  /// @param at when it refused
  /// @param stays when it last accepted something of that type; empty where it never did
  /// @param origins the fields that the resource comes from
  public record Refusal(
      ResourceType type,
      String resource,
      String message,
      Instant at,
      Optional<Instant> stays,
      List<OriginStatus> origins) {
    public Refusal {
      origins = List.copyOf(origins);
    }
  }

  /// @param resource the document, as `KIND NAMESPACE/NAME`
  /// @param place `file:line:column`; empty where the document is gone
  public record OriginStatus(String resource, String field, Optional<String> place) {}

  /// @param identity its SPIFFE ID
  /// @param renews when the next one is due; empty where nobody renews it
  public record Certificate(String identity, Instant expires, Optional<Instant> renews) {}
}
