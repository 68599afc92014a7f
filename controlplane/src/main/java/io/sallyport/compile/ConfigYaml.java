package io.sallyport.compile;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.sallyport.snapshot.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// Shows resources to people, as YAML that Envoy reads too.
public final class ConfigYaml {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().usingTypeRegistry(EnvoyTypes.REGISTRY).preservingProtoFieldNames();

  /// Stands first wherever it stands, so that people find their way.
  private static final String NAME = "name";

  private ConfigYaml() {}

  /// Those of one type as a YAML list, sorted by name, each below comments that say which fields of
  /// which documents it comes from.
  public static String render(ResourceType type, Collection<VersionedResource> resources) {
    StringBuilder text = new StringBuilder();
    resources.stream()
        .filter(resource -> resource.type() == type)
        .sorted(Comparator.comparing(VersionedResource::name))
        .forEach(resource -> append(text, resource));
    return text.isEmpty() ? "[]\n" : text.toString();
  }

  private static void append(StringBuilder text, VersionedResource resource) {
    for (Origin origin : resource.origins()) {
      text.append("# from ").append(origin).append('\n');
    }
    text.append(dump(List.of(tree(resource))));
  }

  /// The resource as maps, lists and scalars, under the names of the protos.
  static Object tree(VersionedResource resource) {
    try {
      Message message = EnvoyTypes.parse(resource);
      return plain(JsonParser.parseString(PRINTER.print(message)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(resource.name() + " holds a type that is not known", e);
    }
  }

  /// Reads what [#render] wrote, as trees.
  static List<Object> load(String yaml) {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
  }

  static String dump(Object tree) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setSplitLines(false);
    options.setIndent(2);
    return new Yaml(options).dump(tree);
  }

  private static Object plain(JsonElement element) {
    if (element.isJsonObject()) {
      Map<String, Object> map = new LinkedHashMap<>();
      JsonElement name = element.getAsJsonObject().get(NAME);
      if (name != null) {
        map.put(NAME, plain(name));
      }
      for (Map.Entry<String, JsonElement> entry : element.getAsJsonObject().entrySet()) {
        map.put(entry.getKey(), plain(entry.getValue()));
      }
      return map;
    }
    if (element.isJsonArray()) {
      List<Object> list = new ArrayList<>();
      element.getAsJsonArray().forEach(item -> list.add(plain(item)));
      return list;
    }
    if (element.isJsonNull()) {
      return Map.of();
    }
    return scalar(element.getAsJsonPrimitive());
  }

  private static Object scalar(JsonPrimitive primitive) {
    if (primitive.isBoolean()) {
      return primitive.getAsBoolean();
    }
    if (!primitive.isNumber()) {
      return primitive.getAsString();
    }
    double number = primitive.getAsDouble();
    return number == Math.rint(number) ? (Object) (long) number : (Object) number;
  }
}
