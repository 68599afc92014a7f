package io.sallyport.mesh;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/// Addresses that a sidecar gives out for names, so that connections to different hosts can be told
/// apart by what they dial. They are of 240.0.0.0/5, which nobody has (RFC 1112, section 4), and
/// made of the name alone, so that they survive restarts and other changes, for applications keep
/// them. Where two names would have one, the second in order has the next that is free.
final class VirtualAddresses {
  private static final int FIRST = 0xf0 << 24;

  /// 27 bits: with a hundred names two meet once in 27,000 meshes.
  private static final int COUNT = 1 << 27;

  private final Map<String, String> byName = new HashMap<>();

  private VirtualAddresses() {}

  static VirtualAddresses of(SortedSet<String> names) {
    VirtualAddresses addresses = new VirtualAddresses();
    Set<Integer> taken = new HashSet<>();
    for (String name : names) {
      int wanted = hash(name);
      while (!taken.add(wanted)) {
        wanted = (wanted + 1) % COUNT;
      }
      addresses.byName.put(name, text(FIRST | wanted));
    }
    return addresses;
  }

  Optional<String> of(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  private static int hash(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.US_ASCII));
      return ByteBuffer.wrap(digest).getInt() & COUNT - 1;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String text(int address) {
    return "%d.%d.%d.%d"
        .formatted(address >>> 24, address >>> 16 & 0xff, address >>> 8 & 0xff, address & 0xff);
  }
}
