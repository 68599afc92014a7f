package io.sallyport.xds;

import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.List;

/// Cuts changes into pieces.
final class Pieces {
  /// What a resource costs on the wire besides its name and bytes, about.
  private static final int HEADER = 64;

  private Pieces() {}

  /// Pieces of about `bytes`; what has to go alone goes last.
  static List<Piece> ofResources(List<VersionedResource> resources, Holdings holdings, int bytes) {
    List<Piece> pieces = new ArrayList<>();
    List<VersionedResource> group = new ArrayList<>();
    int size = 0;
    for (VersionedResource resource : resources) {
      if (holdings.isToGoAlone(resource.name())) {
        continue;
      }
      group.add(resource);
      size += resource.name().length() + resource.body().getSerializedSize() + HEADER;
      if (size >= bytes) {
        pieces.add(new Piece(group, group, List.of()));
        group = new ArrayList<>();
        size = 0;
      }
    }
    if (!group.isEmpty()) {
      pieces.add(new Piece(group, group, List.of()));
    }
    for (VersionedResource resource : resources) {
      if (holdings.isToGoAlone(resource.name())) {
        pieces.add(new Piece(List.of(resource), List.of(resource), List.of()));
      }
    }
    return pieces;
  }

  /// Pieces of about `bytes` that only say what is not there.
  static List<Piece> ofNames(List<String> names, int bytes) {
    List<Piece> pieces = new ArrayList<>();
    List<String> group = new ArrayList<>();
    int size = 0;
    for (String name : names) {
      group.add(name);
      size += name.length() + 2;
      if (size >= bytes) {
        pieces.add(new Piece(List.of(), List.of(), group));
        group = new ArrayList<>();
        size = 0;
      }
    }
    if (!group.isEmpty()) {
      pieces.add(new Piece(List.of(), List.of(), group));
    }
    return pieces;
  }
}
