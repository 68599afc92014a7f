package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import java.util.ArrayList;
import java.util.List;

/// Incremental: whatever differs, in as many responses as it takes, none waiting for the other's
/// answer, since Envoy may hold its answers while it warms clusters.
record IncrementalBatching(ResourceType type, int pieceBytes) implements Batching.Grouped {
  @Override
  public boolean answersEmpty() {
    return true;
  }

  @Override
  public boolean tellsMissing() {
    return true;
  }

  @Override
  public boolean tellsRemoved() {
    return true;
  }

  @Override
  public boolean sendsAllAtOnce() {
    return true;
  }

  /// An incremental client tells versions by name instead.
  @Override
  public boolean recognises(String version, Subscription wanted, View view, Holdings holdings) {
    return false;
  }

  @Override
  public List<Piece> upserts(Difference todo, Subscription wanted, View view, Holdings holdings) {
    List<Piece> pieces = new ArrayList<>(Pieces.ofResources(todo.upserts(), holdings, pieceBytes));
    pieces.addAll(Pieces.ofNames(todo.missing(), pieceBytes));
    return pieces.isEmpty() ? List.of(new Piece(List.of(), List.of(), List.of())) : pieces;
  }

  @Override
  public List<Piece> removals(Difference todo, Subscription wanted, View view, Holdings holdings) {
    return Pieces.ofNames(todo.removals(), pieceBytes);
  }

  @Override
  public Response response(
      String nonce, Piece piece, Subscription wanted, View view, Holdings holdings) {
    return Response.of(
        Encoding.INCREMENTAL, type, nonce, view.version(), piece.resources(), piece.removed());
  }
}
