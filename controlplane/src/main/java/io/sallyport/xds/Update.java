package io.sallyport.xds;

import io.sallyport.snapshot.VersionedResource;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An update of one type on its way: pieces not sent yet, and pieces sent and not answered yet.
final class Update {
  private final ArrayDeque<Piece> unsent;
  private final Map<String, Piece> unanswered = new LinkedHashMap<>();
  private final List<VersionedResource> changed = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();

  private Instant lastSent = Instant.MIN;
  private long bytes;
  private boolean refused;

  Update(List<Piece> pieces) {
    unsent = new ArrayDeque<>(pieces);
  }

  boolean hasUnsent() {
    return !unsent.isEmpty();
  }

  /// Takes the next piece; there is one.
  Piece take() {
    return unsent.remove();
  }

  void sent(String nonce, Piece piece, int size, Instant now) {
    unanswered.put(nonce, piece);
    changed.addAll(piece.changed());
    removed.addAll(piece.removed());
    bytes += size;
    lastSent = now;
  }

  /// Gives up what was not sent; a newer snapshot takes its place.
  void dropUnsent() {
    unsent.clear();
  }

  boolean awaits(String nonce) {
    return unanswered.containsKey(nonce);
  }

  /// The piece that a nonce answers; null if it is none of this update's.
  @Nullable Piece answered(String nonce) {
    return unanswered.remove(nonce);
  }

  Collection<Piece> unanswered() {
    return unanswered.values();
  }

  boolean isDone() {
    return unsent.isEmpty() && unanswered.isEmpty();
  }

  /// When the last of its responses left; [Instant#MIN] before the first did.
  Instant lastSent() {
    return lastSent;
  }

  void refuse() {
    refused = true;
  }

  boolean isRefused() {
    return refused;
  }

  List<VersionedResource> changed() {
    return List.copyOf(changed);
  }

  List<String> removed() {
    return List.copyOf(removed);
  }

  long bytes() {
    return bytes;
  }
}
