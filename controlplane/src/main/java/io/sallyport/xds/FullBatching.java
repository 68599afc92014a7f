package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// State of the world, for clusters and listeners: each response carries all of them, and what is
/// not in it is gone. So an update is one response; a first one still carries what is to be removed
/// later, and what the client refused is replaced by the last that it took.
///
/// Envoy and gRPC apply the good resources of such a response even if they refuse it for another's
/// sake.
final class FullBatching implements Batching {
  private final ResourceType type;

  /// What the client took, by name; the bytes are needed to say it again.
  private final SortedMap<String, VersionedResource> lastGood = new TreeMap<>();

  /// In place of what it took: what it was sent and did not answer in time.
  private final Map<String, VersionedResource> assumed = new HashMap<>();

  /// The client has resources from an earlier stream, and we do not know which.
  private boolean hasUnknown;

  FullBatching(ResourceType type) {
    this.type = type;
  }

  @Override
  public boolean answersEmpty() {
    return true;
  }

  @Override
  public boolean tellsMissing() {
    return false;
  }

  @Override
  public boolean tellsRemoved() {
    return true;
  }

  @Override
  public boolean sendsAllAtOnce() {
    return true;
  }

  @Override
  public boolean recognises(String version, Subscription wanted, View view, Holdings holdings) {
    List<VersionedResource> all = new ArrayList<>();
    for (VersionedResource resource : view.all().values()) {
      if (wanted.covers(resource.name())) {
        all.add(resource);
      }
    }
    if (!version.equals(Snapshot.versionOf(all))) {
      hasUnknown = !version.isEmpty();
      return false;
    }
    for (VersionedResource resource : all) {
      holdings.claim(resource.name(), resource.version());
      lastGood.put(resource.name(), resource);
    }
    return true;
  }

  @Override
  public List<Piece> upserts(Difference todo, Subscription wanted, View view, Holdings holdings) {
    SortedMap<String, VersionedResource> leaving = new TreeMap<>(lastGood);
    leaving.putAll(assumed);
    leaving
        .keySet()
        .removeIf(
            name -> view.get(name) != null || !wanted.covers(name) || !holdings.mayHave(name));
    return List.of(everything(todo, wanted, view, holdings, leaving, List.of()));
  }

  @Override
  public List<Piece> removals(Difference todo, Subscription wanted, View view, Holdings holdings) {
    return List.of(everything(todo, wanted, view, holdings, new TreeMap<>(), todo.removals()));
  }

  private Piece everything(
      Difference todo,
      Subscription wanted,
      View view,
      Holdings holdings,
      SortedMap<String, VersionedResource> besides,
      List<String> removed) {
    SortedMap<String, VersionedResource> all = new TreeMap<>(besides);
    for (VersionedResource resource : view.all().values()) {
      if (wanted.covers(resource.name())) {
        VersionedResource offered = offered(resource, holdings);
        if (offered != null) {
          all.put(resource.name(), offered);
        }
      }
    }
    Set<VersionedResource> asked = new HashSet<>(todo.upserts());
    // What the client is only taken to have is said again, and may be news to it.
    List<VersionedResource> changed =
        all.values().stream().filter(r -> !holdings.isConfirmed(r) || asked.contains(r)).toList();
    return new Piece(List.copyOf(all.values()), changed, removed);
  }

  /// The resource, or in place of one that was refused the last that was taken, or nothing if the
  /// client never had one. If it may have one that we do not know, leaving it out would delete it,
  /// so the refused one goes along: the client refuses it again, keeps what it has, and takes the
  /// rest.
  private @Nullable VersionedResource offered(VersionedResource resource, Holdings holdings) {
    if (!holdings.isParked(resource)) {
      return resource;
    }
    VersionedResource good = lastGood(resource.name());
    return good != null || !hasUnknown ? good : resource;
  }

  @Override
  public Response response(
      String nonce, Piece piece, Subscription wanted, View view, Holdings holdings) {
    return Response.of(
        Encoding.STATE_OF_THE_WORLD,
        type,
        nonce,
        Snapshot.versionOf(piece.resources()),
        piece.resources(),
        List.of());
  }

  @Override
  public void accept(Piece piece, Subscription wanted, Holdings holdings) {
    lastGood.clear();
    assumed.clear();
    for (VersionedResource resource : piece.resources()) {
      lastGood.put(resource.name(), resource);
    }
    hasUnknown = false;
    Batching.takeAll(piece.changed(), wanted, holdings);
    Batching.dropAll(piece.removed(), wanted, holdings);
  }

  @Override
  public void assume(Piece piece, Holdings holdings) {
    Batching.super.assume(piece, holdings);
    piece.resources().forEach(resource -> assumed.put(resource.name(), resource));
  }

  @Override
  public void confirm(Piece piece, Subscription wanted, Holdings holdings) {
    Batching.super.confirm(piece, wanted, holdings);
    for (VersionedResource resource : piece.resources()) {
      assumed.remove(resource.name(), resource);
      lastGood.put(resource.name(), resource);
    }
  }

  @Override
  public void doubt(Piece piece, Holdings holdings) {
    Batching.super.doubt(piece, holdings);
    piece.changed().forEach(resource -> assumed.remove(resource.name()));
  }

  private @Nullable VersionedResource lastGood(String name) {
    VersionedResource resource = assumed.get(name);
    return resource != null ? resource : lastGood.get(name);
  }

  @Override
  public List<VersionedResource> refuse(
      Piece piece, List<VersionedResource> suspects, Subscription wanted, Holdings holdings) {
    List<VersionedResource> refused = suspects.isEmpty() ? piece.changed() : suspects;
    for (VersionedResource resource : piece.resources()) {
      if (!refused.contains(resource)) {
        assumed.remove(resource.name());
        lastGood.put(resource.name(), resource);
      }
    }
    List<VersionedResource> taken = new ArrayList<>();
    for (VersionedResource resource : piece.changed()) {
      if (refused.contains(resource)) {
        holdings.park(resource);
      } else if (wanted.covers(resource.name())) {
        holdings.take(resource);
        taken.add(resource);
      }
    }
    lastGood.keySet().removeAll(piece.removed());
    Batching.dropAll(piece.removed(), wanted, holdings);
    return taken;
  }
}
