package io.sallyport.policy.read;

import io.sallyport.policy.Position;
import java.util.List;
import java.util.SequencedMap;

/// One value of a document before it has a type, with its place in the text. YAML and JSON both
/// become this, and binding knows nothing else.
sealed interface Node {
  /// Where the value starts.
  Position at();

  /// @param plain whether it stood without quotes, so that `80` is a number and `true` a boolean
  record Scalar(Position at, String text, boolean plain) implements Node {
    ScalarType type() {
      return ScalarType.of(text, plain);
    }
  }

  record Sequence(Position at, List<Node> items) implements Node {}

  /// @param entries by key, in the order of the text; of a key that stands there twice, the first
  /// @param ambiguous whether a key stands there twice
  record Mapping(Position at, SequencedMap<String, Entry> entries, boolean ambiguous)
      implements Node {}

  /// One field of a mapping.
  ///
  /// @param key where its key starts
  record Entry(Position key, Node value) {}

  /// Whether it is YAML's null, written as `null`, `~` or not at all.
  default boolean isNull() {
    return this instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
  }

  /// What it is, in words for a message.
  default String describe() {
    return switch (this) {
      case Scalar scalar -> scalar.type().describe(scalar.text());
      case Sequence _ -> "a list";
      case Mapping _ -> "a map";
    };
  }
}
