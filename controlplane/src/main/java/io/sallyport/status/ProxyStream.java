package io.sallyport.status;

import io.sallyport.snapshot.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import io.sallyport.xds.ProxyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What is known of one stream. Not thread-safe: [StatusBoard] guards it.
final class ProxyStream {
  private static final int LONGEST_MESSAGE = 2000;

  final ProxyId proxy;
  final String encoding;
  final String userAgent;
  final Instant since;
  final Holdings holdings;

  /// When the oldest change came in that the proxy has not wholly acknowledged; empty while it has,
  /// and for what it was to have from the beginning.
  Optional<Instant> behindSince = Optional.empty();

  private boolean assigned;

  private final Map<ResourceType, Instant> accepted;
  private final Map<ResourceType, Map<String, Refused>> refused;

  private record Refused(VersionedResource resource, String message, Instant at) {}

  ProxyStream(ProxyId proxy, String encoding, String userAgent, Instant since) {
    this.proxy = proxy;
    this.encoding = encoding;
    this.userAgent = userAgent;
    this.since = since;
    this.holdings = new Holdings();
    this.accepted = new EnumMap<>(ResourceType.class);
    this.refused = new EnumMap<>(ResourceType.class);
  }

  private ProxyStream(ProxyStream other) {
    proxy = other.proxy;
    encoding = other.encoding;
    userAgent = other.userAgent;
    since = other.since;
    holdings = other.holdings.copy();
    behindSince = other.behindSince;
    assigned = other.assigned;
    accepted = new EnumMap<>(ResourceType.class);
    accepted.putAll(other.accepted);
    refused = new EnumMap<>(ResourceType.class);
    other.refused.forEach((type, byName) -> refused.put(type, new TreeMap<>(byName)));
  }

  ProxyStream copy() {
    return new ProxyStream(this);
  }

  /// The proxy is to have something else. The first time is no change: it has just connected.
  ///
  /// @param received when the change that is the cause came in
  void assign(Instant received) {
    if (assigned && behindSince.isEmpty()) {
      behindSince = Optional.of(received);
    }
    assigned = true;
  }

  /// @return the documents of which something changed on the proxy
  Set<String> accept(
      ResourceType type, List<VersionedResource> changed, List<String> removed, Instant now) {
    accepted.put(type, now);
    Map<String, Refused> byName = refused.getOrDefault(type, new HashMap<>());
    changed.forEach(resource -> byName.remove(resource.name()));
    removed.forEach(byName::remove);
    return holdings.accept(type, changed, removed);
  }

  void refuse(ResourceType type, String message, List<VersionedResource> suspects, Instant now) {
    Map<String, Refused> byName = refused.computeIfAbsent(type, _ -> new TreeMap<>());
    String line = oneLine(message);
    for (VersionedResource suspect : suspects) {
      byName.put(suspect.name(), new Refused(suspect, line, now));
    }
  }

  /// @return the documents of which something changed on the proxy
  Set<String> sync(Snapshot snapshot) {
    refused.clear();
    return holdings.sync(snapshot);
  }

  /// What the proxy refused and is still to have.
  List<ProxyStatus.Refusal> refusals(Snapshot wanted, Places places) {
    List<ProxyStatus.Refusal> refusals = new ArrayList<>();
    refused.forEach((type, byName) ->
        byName.forEach((name, refusal) -> {
          VersionedResource now = wanted.of(type).get(name);
          if (now != null && now.version().equals(refusal.resource.version())) {
            refusals.add(
                new ProxyStatus.Refusal(
                    type,
                    name,
                    refusal.message,
                    refusal.at,
                    Optional.ofNullable(accepted.get(type)),
                    places.of(refusal.resource.origins())));
          }
        }));
    return refusals;
  }

  List<ProxyStatus.TypeStatus> types(Snapshot wanted, List<ProxyStatus.Refusal> refusals) {
    Set<ResourceType> pending = new HashSet<>();
    holdings.difference(
        wanted,
        (held, wants) -> held.or(() -> wants).map(VersionedResource::type).ifPresent(pending::add));
    List<ProxyStatus.TypeStatus> types = new ArrayList<>();
    for (ResourceType type : ResourceType.values()) {
      int resources = wanted.of(type).size();
      ProxyStatus.Progress progress;
      if (refusals.stream().anyMatch(refusal -> refusal.type() == type)) {
        progress = ProxyStatus.Progress.REFUSED;
      } else if (pending.contains(type)) {
        progress = ProxyStatus.Progress.PENDING;
      } else {
        progress = resources == 0 ? ProxyStatus.Progress.NONE : ProxyStatus.Progress.SYNCED;
      }
      types.add(new ProxyStatus.TypeStatus(type, progress, resources));
    }
    return types;
  }

  /// For each document that concerns the proxy, whether the proxy has it as it is to have it.
  Map<String, Boolean> documents(Snapshot wanted) {
    Map<String, Boolean> documents = new HashMap<>();
    for (ResourceType type : ResourceType.values()) {
      for (VersionedResource resource : wanted.of(type).values()) {
        for (Origin origin : resource.origins()) {
          documents.put(origin.resource(), true);
        }
      }
    }
    holdings.difference(
        wanted,
        (held, wants) -> {
          held.ifPresent(resource -> markPending(resource, documents));
          wants.ifPresent(resource -> markPending(resource, documents));
        });
    return documents;
  }

  private static void markPending(VersionedResource resource, Map<String, Boolean> documents) {
    for (Origin origin : resource.origins()) {
      documents.put(origin.resource(), false);
    }
  }

  /// Envoy's words reach terminals and logs: no line breaks, nothing that steers one, and an end.
  private static String oneLine(String message) {
    String line = message.replaceAll("[\\p{C}\\s]+", " ").strip();
    return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
  }
}
