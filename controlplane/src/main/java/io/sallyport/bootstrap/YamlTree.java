package io.sallyport.bootstrap;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/// Documents for Envoy as trees, and the text that they are written as. Pure.
final class YamlTree {
  private YamlTree() {}

  /// An extension of Envoy with the message that configures it.
  static Map<String, Object> typed(String name, String message) {
    return tree("name", name, "typed_config", tree("@type", "type.googleapis.com/" + message));
  }

  /// That message, of a tree that [#typed] made.
  @SuppressWarnings("unchecked")
  static Map<String, Object> config(Map<String, Object> typed) {
    return (Map<String, Object>) Objects.requireNonNull(typed.get("typed_config"));
  }

  /// A mapping of keys and values in turn.
  static SequencedMap<String, Object> tree(Object... keysAndValues) {
    SequencedMap<String, Object> tree = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      tree.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return tree;
  }

  /// The text of a document.
  static String yaml(Map<String, Object> tree) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setIndicatorIndent(2);
    options.setIndentWithIndicator(true);
    options.setSplitLines(false);
    return new Yaml(options).dump(tree);
  }
}
