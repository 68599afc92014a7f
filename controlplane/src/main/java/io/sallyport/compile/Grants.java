package io.sallyport.compile;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.sallyport.policy.Origin;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /// A route's metadata, which access logs show: the policy as `NS/NAME` and the rule as its field.
  /// Where several rules lead to one route, all stand there; where those are of several policies,
  /// each rule stands with its policy, as `NS/NAME#FIELD`.
  static Metadata metadata(List<Origin> rules) {
    List<String> policies =
        rules.stream().map(rule -> rule.resource().qualifiedName()).sorted().distinct().toList();
    Stream<String> fields =
        rules.stream()
            .map(rule -> policies.size() == 1 ? rule.field().text() : Names.rbacPolicy(rule));
    return metadata(
        String.join(", ", policies), fields.sorted().distinct().collect(Collectors.joining(", ")));
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
}
