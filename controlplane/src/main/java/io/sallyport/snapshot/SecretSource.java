package io.sallyport.snapshot;

import java.util.List;

/// The secrets of one identity, now and later. Whoever asks must already know that the identity is
/// the asker's own. Thread-safe.
public interface SecretSource {
  /// Starts to use an identity: its secrets are issued, kept fresh, and given by the lease.
  ///
  /// @param onChange called, from any thread, after the secrets have changed; must not block
  Lease lease(String namespace, String serviceAccount, Runnable onChange);

  /// The use of one identity's secrets. Without a lease an identity's secrets are not renewed.
  interface Lease extends SnapshotFeed.Registration {
    /// The newest secrets: resources of type [ResourceType#SECRET].
    List<VersionedResource> secrets();
  }
}
