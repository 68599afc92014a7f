package io.sallyport.reconcile;

import com.google.protobuf.StringValue;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.SecretSource;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Secrets that are only a generation: `default` holds `NAMESPACE/ACCOUNT#GENERATION`.
final class FakeSecrets implements SecretSource {
  private final Map<String, Integer> generations = new HashMap<>();
  private final Map<String, List<Runnable>> leases = new HashMap<>();

  @Override
  public Lease lease(String namespace, String serviceAccount, Runnable onChange) {
    String identity = namespace + "/" + serviceAccount;
    if (serviceAccount.equals("broken")) {
      throw new IllegalArgumentException("no such account");
    }
    leases.computeIfAbsent(identity, _ -> new ArrayList<>()).add(onChange);
    return new Lease() {
      @Override
      public List<VersionedResource> secrets() {
        return List.of(secret(identity, generations.getOrDefault(identity, 0)));
      }

      @Override
      public void close() {
        leases.computeIfPresent(
            identity,
            (_, users) -> {
              users.remove(onChange);
              return users.isEmpty() ? null : users;
            });
      }
    };
  }

  static VersionedResource secret(String identity, int generation) {
    return VersionedResource.of(
        ResourceType.SECRET, "default", StringValue.of(identity + "#" + generation), List.of());
  }

  void renew(String identity) {
    generations.merge(identity, 1, Integer::sum);
    List.copyOf(leases.getOrDefault(identity, List.of())).forEach(Runnable::run);
  }

  /// How many leases there are, by identity.
  Map<String, Integer> leases() {
    Map<String, Integer> counts = new HashMap<>();
    leases.forEach((identity, users) -> counts.put(identity, users.size()));
    return counts;
  }
}
