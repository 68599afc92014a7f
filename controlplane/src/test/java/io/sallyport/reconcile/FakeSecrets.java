package io.sallyport.reconcile;

import com.google.protobuf.StringValue;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.SecretSource;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Secrets that are only a generation: `default` holds `NAMESPACE/ACCOUNT#GENERATION`. Thread-safe.
final class FakeSecrets implements SecretSource {
  private final Map<String, Integer> generations = new HashMap<>();
  private final Map<String, List<Runnable>> leases = new HashMap<>();

  @Override
  public synchronized Lease lease(String namespace, String serviceAccount, Runnable onChange) {
    String identity = namespace + "/" + serviceAccount;
    if (serviceAccount.equals("broken")) {
      throw new IllegalArgumentException("no such account");
    }
    leases.computeIfAbsent(identity, _ -> new ArrayList<>()).add(onChange);
    return new Lease() {
      @Override
      public List<VersionedResource> secrets() {
        return List.of(secret(identity, generation(identity)));
      }

      @Override
      public void close() {
        release(identity, onChange);
      }
    };
  }

  private static VersionedResource secret(String identity, int generation) {
    return VersionedResource.of(
        ResourceType.SECRET, "default", StringValue.of(identity + "#" + generation), List.of());
  }

  private synchronized int generation(String identity) {
    return generations.getOrDefault(identity, 0);
  }

  private synchronized void release(String identity, Runnable onChange) {
    leases.computeIfPresent(
        identity,
        (_, users) -> {
          users.remove(onChange);
          return users.isEmpty() ? null : users;
        });
  }

  /// Gives an identity new secrets, and tells outside of the lock, as a source must.
  void renew(String identity) {
    users(identity).forEach(Runnable::run);
  }

  private synchronized List<Runnable> users(String identity) {
    generations.merge(identity, 1, Integer::sum);
    return List.copyOf(leases.getOrDefault(identity, List.of()));
  }

  /// How many leases there are, by identity.
  synchronized Map<String, Integer> leases() {
    Map<String, Integer> counts = new HashMap<>();
    leases.forEach((identity, users) -> counts.put(identity, users.size()));
    return counts;
  }
}
