package io.sallyport.policy;

import java.util.Map;
import java.util.Optional;

/// A resource together with where its fields stand in the text.
///
/// @param positions from field to position; [FieldPath#ROOT] is the document's first line
public record Document(Resource resource, Map<FieldPath, Position> positions) {
  public Document {
    positions = Map.copyOf(positions);
  }

  public ResourceKey key() {
    return resource.key();
  }

  /// Where a field stands; where it was not written, the nearest field around it that was.
  public Optional<Position> position(FieldPath field) {
    String text = field.text();
    while (true) {
      Position position = positions.get(new FieldPath(text));
      if (position != null || text.isEmpty()) {
        return Optional.ofNullable(position);
      }
      int cut = Math.max(text.lastIndexOf('.'), text.lastIndexOf('['));
      text = cut < 0 ? "" : text.substring(0, cut);
    }
  }
}
