package io.sallyport.compile;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.sallyport.policy.Origin;
import java.util.List;
import java.util.stream.Collectors;

/// Says in the configuration, and beside it, which rules it comes from.
final class Grants {
  private Grants() {}

  /// The origins as they travel beside a resource.
  static List<io.sallyport.snapshot.Origin> origins(List<Origin> rules) {
    return rules.stream()
        .map(rule ->
            new io.sallyport.snapshot.Origin(rule.resource().toString(), rule.field().text()))
        .sorted()
        .distinct()
        .toList();
  }

  /// A route's metadata, which access logs show: the policy as `NS/NAME`, the rule as its field.
  /// Several are joined by a comma and a space.
  static Metadata metadata(List<Origin> rules) {
    return metadata(
        joined(rules.stream().map(rule -> rule.resource().qualifiedName()).toList()),
        joined(rules.stream().map(rule -> rule.field().text()).toList()));
  }

  /// The metadata of a route that refuses.
  static Metadata noRule() {
    return metadata(Names.NO_RULE, Names.NO_RULE);
  }

  private static Metadata metadata(String policy, String rule) {
    return Metadata.newBuilder()
        .putFilterMetadata(
            Names.METADATA,
            Struct.newBuilder()
                .putFields("policy", Value.newBuilder().setStringValue(policy).build())
                .putFields("rule", Value.newBuilder().setStringValue(rule).build())
                .build())
        .build();
  }

  private static String joined(List<String> texts) {
    return texts.stream().sorted().distinct().collect(Collectors.joining(", "));
  }
}
