package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// What an encoding makes of a difference: which pieces carry it, and what a client's answer to a
/// piece means. One per stream and type.
sealed interface Batching permits Batching.Grouped, FullBatching {
  static Batching of(Encoding encoding, ResourceType type, int pieceBytes) {
    return switch (encoding) {
      case INCREMENTAL -> new IncrementalBatching(type, pieceBytes);
      case STATE_OF_THE_WORLD ->
          switch (type) {
            case CLUSTER, LISTENER -> new FullBatching(type);
            case ENDPOINT, SECRET, ROUTE -> new PartialBatching(type, pieceBytes);
          };
    };
  }

  /// Whether a client that asks and is to get nothing waits for an answer nevertheless.
  boolean answersEmpty();

  /// Whether a client can be told that a name it asked for does not exist.
  boolean tellsMissing();

  /// Whether a client can be told that something is gone.
  boolean tellsRemoved();

  /// Whether [#upserts] leaves nothing for another update.
  boolean sendsAllAtOnce();

  /// Takes note of the version that a client's first request says it has.
  ///
  /// @return whether the client has everything that it asks for
  boolean recognises(String version, Subscription wanted, View view, Holdings holdings);

  /// At least one piece; the first may be empty.
  List<Piece> upserts(Difference todo, Subscription wanted, View view, Holdings holdings);

  List<Piece> removals(Difference todo, Subscription wanted, View view, Holdings holdings);

  Response response(String nonce, Piece piece, Subscription wanted, View view, Holdings holdings);

  /// The client took the piece.
  void accept(Piece piece, Subscription wanted, Holdings holdings);

  /// The client did not answer in time, and is taken to have taken the piece.
  default void assume(Piece piece, Holdings holdings) {
    piece.changed().forEach(holdings::assume);
    piece.removed().forEach(holdings::assumeGone);
  }

  /// It has, as it says at last.
  default void confirm(Piece piece, Subscription wanted, Holdings holdings) {
    piece.changed().forEach(holdings::confirm);
    piece.removed().forEach(name -> holdings.confirmGone(name, wanted.names().contains(name)));
  }

  /// It has not, as it says at last.
  default void doubt(Piece piece, Holdings holdings) {
    piece.changed().forEach(holdings::doubt);
  }

  /// The client refused the piece for the sake of `suspects`; none: of nobody knows which.
  ///
  /// @return what it has taken nevertheless
  List<VersionedResource> refuse(
      Piece piece, List<VersionedResource> suspects, Subscription wanted, Holdings holdings);

  /// Marks a piece's resources as the client's own.
  static void takeAll(List<VersionedResource> resources, Subscription wanted, Holdings holdings) {
    for (VersionedResource resource : resources) {
      if (wanted.covers(resource.name())) {
        holdings.take(resource);
      }
    }
  }

  static void dropAll(List<String> names, Subscription wanted, Holdings holdings) {
    for (String name : names) {
      holdings.drop(name, wanted.names().contains(name));
    }
  }

  /// Where a response says nothing about what it does not carry, a piece is a group of changes. A
  /// group that was refused is offered once more in groups of one, so that one bad resource does
  /// not hold back its neighbours and is known for certain.
  sealed interface Grouped extends Batching permits IncrementalBatching, PartialBatching {
    @Override
    default void accept(Piece piece, Subscription wanted, Holdings holdings) {
      takeAll(piece.changed(), wanted, holdings);
      dropAll(piece.removed(), wanted, holdings);
    }

    @Override
    default List<VersionedResource> refuse(
        Piece piece, List<VersionedResource> suspects, Subscription wanted, Holdings holdings) {
      for (VersionedResource resource : piece.changed()) {
        if (!wanted.covers(resource.name())) {
          continue;
        }
        if (suspects.contains(resource)) {
          holdings.park(resource);
        } else {
          holdings.isolate(resource);
        }
      }
      dropAll(piece.removed(), wanted, holdings);
      return List.of();
    }
  }
}
