package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// State of the world, for the types of which a response may carry only what changed (xDS protocol,
/// "Grouping resources into responses"): one piece at a time, and the next after its answer,
/// because its version has to stand for all that the client then has.
record PartialBatching(ResourceType type, int pieceBytes) implements Batching.Grouped {
  @Override
  public boolean answersEmpty() {
    return false;
  }

  @Override
  public boolean tellsMissing() {
    return false;
  }

  @Override
  public boolean tellsRemoved() {
    return false;
  }

  @Override
  public boolean sendsAllAtOnce() {
    return false;
  }

  /// A client that took all that it asks for says so by the version; it then has every one of them.
  @Override
  public boolean recognises(String version, Subscription wanted, View view, Holdings holdings) {
    List<VersionedResource> all = wanted(wanted, view);
    if (all.isEmpty() || !version.equals(Snapshot.versionOf(all))) {
      return false;
    }
    all.forEach(resource -> holdings.claim(resource.name(), resource.version()));
    return true;
  }

  @Override
  public List<Piece> upserts(Difference todo, Subscription wanted, View view, Holdings holdings) {
    return Pieces.ofResources(todo.upserts(), holdings, pieceBytes).subList(0, 1);
  }

  @Override
  public List<Piece> removals(Difference todo, Subscription wanted, View view, Holdings holdings) {
    throw new IllegalStateException("this encoding can't tell that a " + type + " is gone");
  }

  @Override
  public Response response(
      String nonce, Piece piece, Subscription wanted, View view, Holdings holdings) {
    List<VersionedResource> after = new ArrayList<>();
    for (VersionedResource resource : wanted(wanted, view)) {
      if (holdings.has(resource) || piece.resources().contains(resource)) {
        after.add(resource);
      }
    }
    return Response.of(
        Encoding.STATE_OF_THE_WORLD,
        type,
        nonce,
        Snapshot.versionOf(after),
        piece.resources(),
        List.of());
  }

  private static List<VersionedResource> wanted(Subscription wanted, View view) {
    if (wanted.isWildcard()) {
      return List.copyOf(view.all().values());
    }
    Collection<String> names = wanted.names();
    List<VersionedResource> resources = new ArrayList<>();
    for (String name : names) {
      VersionedResource resource = view.get(name);
      if (resource != null) {
        resources.add(resource);
      }
    }
    return resources;
  }
}
