package io.sallyport.status;

import com.google.protobuf.StringValue;
import io.sallyport.mesh.DocumentState;
import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.MeshModel;
import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Position;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.snapshot.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Small pieces of what the reconciler and the streams tell.
final class Mesh {
  private Mesh() {}

  static ResourceKey key(String policy) {
    return new ResourceKey(Kind.ASM_EGRESS_TRAFFIC_POLICY, "istio-egress", policy);
  }

  /// A policy in force; another `gateway` makes it another form.
  static DocumentState policy(String name, Form form, String gateway) {
    Document document =
        new Document(
            new EgressTrafficPolicy(
                Kind.ASM_EGRESS_TRAFFIC_POLICY,
                Metadata.of("istio-egress", name),
                gateway,
                List.of()),
            Map.of(
                FieldPath.ROOT,
                new Position("egress/" + name + ".yaml", 1, 1),
                new FieldPath("spec.to"),
                new Position("egress/" + name + ".yaml", 9, 5)));
    return new DocumentState(
        key(name),
        "file:egress",
        form,
        form == Form.NONE ? Optional.empty() : Optional.of(document));
  }

  static Linked linked(List<DocumentState> states, Problem... problems) {
    SortedMap<ResourceKey, DocumentState> documents = new TreeMap<>();
    states.forEach(state -> documents.put(state.key(), state));
    return new Linked(MeshModel.EMPTY, List.of(problems), documents, Optional.empty());
  }

  static Problem problem(String policy, String message) {
    return new Problem(
        Severity.ERROR,
        message,
        Optional.of(new Position("egress/" + policy + ".yaml", 3, 7)),
        new FieldPath("spec.port"),
        Optional.of(key(policy)),
        "expected 1 to 65535",
        List.of());
  }

  /// A resource made from a field of each of these policies.
  static VersionedResource resource(
      ResourceType type, String name, String content, String... policies) {
    List<Origin> origins =
        List.of(policies).stream()
            .map(policy -> new Origin(key(policy).toString(), "spec.to[0].port"))
            .toList();
    return VersionedResource.of(type, name, StringValue.of(content), origins);
  }
}
