package io.sallyport.compile;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A scope's resources as one file that Envoy starts from without a control plane, for `envoy
/// --mode validate` and for trying things: routes and endpoints stand inside, secrets are files.
public final class StaticBootstrap {
  /// The PEM files in place of SDS.
  public record SecretFiles(String certificate, String key, String trustBundle) {}

  /// Lets a listener be inside Envoy itself.
  private static final Map<String, Object> INTERNAL_LISTENERS =
      Map.of(
          "name",
          "envoy.bootstrap.internal_listener",
          "typed_config",
          Map.of(
              "@type",
              "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener"));

  private final Map<String, Object> routes;
  private final Map<String, Object> endpoints;

  private StaticBootstrap(Map<String, Object> routes, Map<String, Object> endpoints) {
    this.routes = routes;
    this.endpoints = endpoints;
  }

  /// The bootstrap as YAML. A hop whose endpoints are not among the resources has none.
  public static String of(Collection<VersionedResource> resources, SecretFiles secrets) {
    Map<ResourceType, List<Object>> trees = new EnumMap<>(ResourceType.class);
    for (VersionedResource resource : resources) {
      trees.computeIfAbsent(resource.type(), _ -> new ArrayList<>()).add(ConfigYaml.tree(resource));
    }
    return ofTrees(trees, secrets);
  }

  /// The same from what [ConfigYaml] rendered, by type.
  public static String ofYaml(Map<ResourceType, String> texts, SecretFiles secrets) {
    Map<ResourceType, List<Object>> trees = new EnumMap<>(ResourceType.class);
    texts.forEach((type, text) -> trees.put(type, ConfigYaml.load(text)));
    return ofTrees(trees, secrets);
  }

  private static String ofTrees(Map<ResourceType, List<Object>> trees, SecretFiles secrets) {
    StaticBootstrap inlined =
        new StaticBootstrap(
            byName(trees.getOrDefault(ResourceType.ROUTE, List.of()), "name"),
            byName(trees.getOrDefault(ResourceType.ENDPOINT, List.of()), "cluster_name"));
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("listeners", inlined.inline(trees.getOrDefault(ResourceType.LISTENER, List.of())));
    parts.put("clusters", inlined.inline(trees.getOrDefault(ResourceType.CLUSTER, List.of())));
    parts.put("secrets", secrets(secrets));
    return ConfigYaml.dump(
        Map.of("static_resources", parts, "bootstrap_extensions", List.of(INTERNAL_LISTENERS)));
  }

  private static Map<String, Object> byName(List<Object> trees, String key) {
    Map<String, Object> named = new TreeMap<>();
    trees.forEach(tree -> named.put(text(tree, key), tree));
    return named;
  }

  private static List<Object> secrets(SecretFiles files) {
    return List.of(
        Map.of(
            "name",
            Names.CERTIFICATE_SECRET,
            "tls_certificate",
            Map.of(
                "certificate_chain",
                Map.of("filename", files.certificate()),
                "private_key",
                Map.of("filename", files.key()))),
        Map.of(
            "name",
            Names.TRUST_BUNDLE_SECRET,
            "validation_context",
            Map.of("trusted_ca", Map.of("filename", files.trustBundle()))),
        Map.of(
            "name",
            Names.EXTERNAL_ROOTS_SECRET,
            "validation_context",
            Map.of("trusted_ca", Map.of("filename", files.trustBundle()))));
  }

  private Object inline(Object tree) {
    return switch (tree) {
      case Map<?, ?> map -> inlineMap(map);
      case List<?> list -> list.stream().map(this::inline).toList();
      default -> tree;
    };
  }

  private Map<String, Object> inlineMap(Map<?, ?> map) {
    Map<String, Object> inlined = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      switch (String.valueOf(key)) {
        case "rds" -> inlined.put("route_config", routesNamed(text(value, "route_config_name")));
        case "eds_cluster_config" ->
            inlined.put("load_assignment", endpointsOf(value, text(map, "name")));
        // a secret without a source is one of the static ones
        case "sds_config" -> inlined.put("name", staticSecret(text(map, "name")));
        default -> inlined.put(String.valueOf(key), inline(value));
      }
    });
    if (map.containsKey("eds_cluster_config")) {
      inlined.put("type", "STATIC");
    }
    return inlined;
  }

  /// Secrets of rules are played by the others.
  private static String staticSecret(String name) {
    if (Names.isClientCertificate(name)) {
      return Names.CERTIFICATE_SECRET;
    }
    return Names.isOutsideRoots(name) ? Names.EXTERNAL_ROOTS_SECRET : name;
  }

  private Object routesNamed(String name) {
    Object found = routes.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no route configuration is named " + name);
    }
    return found;
  }

  private Object endpointsOf(Object eds, String cluster) {
    boolean shared = eds instanceof Map<?, ?> fields && fields.containsKey("service_name");
    return endpoints.getOrDefault(
        shared ? text(eds, "service_name") : cluster, Map.of("cluster_name", cluster));
  }

  private static String text(@Nullable Object map, String key) {
    if (map instanceof Map<?, ?> fields && fields.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("expected a map with " + key + ", got " + map);
  }
}
