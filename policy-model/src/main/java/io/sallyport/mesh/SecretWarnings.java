package io.sallyport.mesh;

import io.sallyport.policy.Document;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Outside.ClientCertificate;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.NearestName;
import java.util.List;
import java.util.Set;

/// Warns of rules that refer to a Secret which nobody has written (yet): their gateways do not
/// connect.
final class SecretWarnings {
  private final Set<ResourceKey> known;
  private final LinkReport report;

  SecretWarnings(Set<ResourceKey> known, LinkReport report) {
    this.known = known;
    this.report = report;
  }

  void warn(List<Document> policies) {
    for (Document document : policies) {
      EgressTrafficPolicy policy = (EgressTrafficPolicy) document.resource();
      for (int i = 0; i < policy.egressRules().size(); i++) {
        List<Destination> to = policy.egressRules().get(i).to();
        for (int j = 0; j < to.size(); j++) {
          FieldPath field = EgressLinker.ruleField(i).child("to").index(j);
          warn(document, to.get(j), field);
        }
      }
    }
  }

  private void warn(Document document, Destination destination, FieldPath field) {
    if (!(destination.outside().tls().clientCertificate().orElse(null)
        instanceof ClientCertificate.SecretRef(_, String name))) {
      return;
    }
    String namespace = document.key().namespace();
    if (known.contains(new ResourceKey(Kind.SECRET, namespace, name))) {
      return;
    }
    List<String> names =
        known.stream()
            .filter(key -> key.namespace().equals(namespace))
            .map(ResourceKey::name)
            .toList();
    report.add(
        LinkReport.warning(
            document,
            field.child("tls").child("clientCertificate").child("secretRef").child("name"),
            "no Secret %s/%s of type kubernetes.io/tls".formatted(namespace, name),
            NearestName.to(name, names)
                .map("did you mean `%s`?"::formatted)
                .orElse("connections to the hosts fail until it is there")));
  }
}
