package io.sallyport.policy.read;

import io.sallyport.policy.HostName;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.WorkloadEntry;

/// `networking.istio.io WorkloadEntry`.
final class WorkloadEntryBinding {
  private WorkloadEntryBinding() {}

  static WorkloadEntry bind(Metadata metadata, RecordBinder spec) {
    spec.withoutEffect("locality", "weight");
    spec.notSupportedYet("network");
    return new WorkloadEntry(
        metadata,
        spec.required("address").parse(HostName::parseOrIp, ""),
        spec.optional("ports").map(KubernetesName::dnsLabel, port -> port.port(0)),
        spec.optional("labels").labels(),
        spec.optional("serviceAccount").parse(KubernetesName::dnsSubdomain, "default"));
  }
}
