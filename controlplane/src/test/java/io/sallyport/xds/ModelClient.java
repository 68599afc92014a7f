package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// A client that behaves as Envoy does, as far as the protocol is concerned: asks for the endpoints
/// of each cluster it learns of and for the routes of each listener, holds its answers about
/// clusters back while one is warming, refuses what is marked `!`, and applies the good part of
/// what it refuses where Envoy does.
final class ModelClient {
  private final Encoding encoding;
  private final Random random;
  private final Deque<Request> outbox = new ArrayDeque<>();
  private final Map<ResourceType, Memory> memory = new EnumMap<>(ResourceType.class);
  private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);
  private final Set<ResourceType> asked = java.util.EnumSet.noneOf(ResourceType.class);
  private final Set<String> warming = new TreeSet<>();

  /// Clusters whose newest endpoints it refused.
  private final Set<String> refusedEndpoints = new TreeSet<>();

  private final List<Runnable> heldAnswers = new ArrayList<>();

  /// What it knows of one type, on this stream and beyond.
  private static final class Memory {
    final SortedMap<String, String> marks = new TreeMap<>();
    final Map<String, String> versions = new HashMap<>();
    final TreeSet<String> names = new TreeSet<>();

    /// Names in the last response that it did not refuse.
    final Set<String> taken = new TreeSet<>();

    String version = "";
  }

  ModelClient(Encoding encoding, Random random) {
    this.encoding = encoding;
    this.random = random;
    forget();
  }

  /// Starts again with nothing, as a restarted proxy.
  void forget() {
    for (ResourceType type : ResourceType.values()) {
      memory.put(type, new Memory());
    }
    warming.clear();
  }

  /// Opens a stream: asks for everything it wants, with what it has.
  void connect() {
    outbox.clear();
    heldAnswers.clear();
    // What a new stream cuts short Envoy ends by its own timeout: no server could know.
    warming.clear();
    refusedEndpoints.clear();
    asked.clear();
    nonces.clear();
    dropUnversioned(ResourceType.CLUSTER, ResourceType.ENDPOINT);
    dropUnversioned(ResourceType.LISTENER, ResourceType.ROUTE);
    ask(ResourceType.CLUSTER, List.of(), List.of());
    names(ResourceType.SECRET).add("s");
    for (ResourceType type :
        List.of(
            ResourceType.ENDPOINT,
            ResourceType.SECRET,
            ResourceType.LISTENER,
            ResourceType.ROUTE)) {
      if (type == ResourceType.LISTENER || !names(type).isEmpty()) {
        ask(type, List.copyOf(names(type)), List.of());
      }
    }
  }

  /// What Envoy applied of a response that it refused it does not mention on a new stream, so that
  /// no server could ever remove it; the model is better behaved.
  private void dropUnversioned(ResourceType type, ResourceType ofEach) {
    Set<String> versioned =
        switch (encoding) {
          case INCREMENTAL -> of(type).versions.keySet();
          case STATE_OF_THE_WORLD -> of(type).taken;
        };
    has(type).keySet().retainAll(versioned);
    names(ofEach).retainAll(has(type).keySet());
    has(ofEach).keySet().retainAll(names(ofEach));
    of(ofEach).versions.keySet().retainAll(names(ofEach));
  }

  /// What it says next.
  Optional<Request> says() {
    return Optional.ofNullable(outbox.poll());
  }

  SortedMap<String, String> has(ResourceType type) {
    return of(type).marks;
  }

  boolean holdsAnswersBack() {
    return !heldAnswers.isEmpty();
  }

  void hears(Response response) {
    List<String> bad = new ArrayList<>();
    for (VersionedResource resource : response.resources()) {
      if (Samples.named(resource.body()).getValue().contains("!")) {
        bad.add(resource.name());
      }
    }
    boolean oneByOne =
        response.type() == ResourceType.CLUSTER || response.type() == ResourceType.LISTENER;
    boolean undecodable = !bad.isEmpty() && random.nextInt(4) == 0;
    if (bad.isEmpty() || (oneByOne && !undecodable)) {
      apply(response, bad);
    }
    if (response.type() == ResourceType.ENDPOINT) {
      for (VersionedResource resource : response.resources()) {
        warming.remove(resource.name());
        if (bad.isEmpty()) {
          refusedEndpoints.remove(resource.name());
        } else {
          refusedEndpoints.add(resource.name());
        }
      }
      response.removed().forEach(warming::remove);
    }
    Optional<String> error =
        bad.isEmpty() ? Optional.empty() : Optional.of(blame(bad, oneByOne, undecodable));
    if (response.type() == ResourceType.CLUSTER) {
      heldAnswers.add(() -> answer(response, error));
    } else {
      answer(response, error);
    }
    answerHeld();
  }

  private String blame(List<String> bad, boolean oneByOne, boolean undecodable) {
    if (undecodable || (!oneByOne && random.nextBoolean())) {
      return "undecodable";
    }
    return "Error adding " + (oneByOne ? String.join(": bad, ", bad) : bad.getFirst()) + ": bad";
  }

  /// After a while Envoy no longer waits for endpoints; it goes on with those that it had.
  ///
  /// @return whether it waited for any that it has itself refused
  boolean givesUpRefusedEndpoints() {
    boolean waited = warming.removeAll(refusedEndpoints);
    answerHeld();
    return waited;
  }

  private void answerHeld() {
    if (warming.isEmpty()) {
      heldAnswers.forEach(Runnable::run);
      heldAnswers.clear();
    }
  }

  private void apply(Response response, List<String> except) {
    SortedMap<String, String> own = has(response.type());
    SortedMap<String, String> before = new TreeMap<>(own);
    boolean whole =
        encoding == Encoding.STATE_OF_THE_WORLD
            && (response.type() == ResourceType.CLUSTER
                || response.type() == ResourceType.LISTENER);
    if (whole) {
      Set<String> kept = new TreeSet<>();
      response.resources().forEach(resource -> kept.add(resource.name()));
      own.keySet().retainAll(kept);
    }
    response.removed().forEach(own::remove);
    for (VersionedResource resource : response.resources()) {
      if (!except.contains(resource.name()) && wants(response.type(), resource.name())) {
        own.put(resource.name(), Samples.named(resource.body()).getValue());
      }
    }
    switch (response.type()) {
      case CLUSTER -> {
        own.forEach((name, mark) -> {
          if (!mark.equals(before.get(name))) {
            warming.add(name);
          }
        });
        warming.retainAll(own.keySet());
        want(ResourceType.ENDPOINT, own.keySet());
      }
      case LISTENER -> want(ResourceType.ROUTE, own.keySet());
      case ENDPOINT, SECRET, ROUTE -> {}
    }
  }

  /// What it no longer wants it ignores.
  private boolean wants(ResourceType type, String name) {
    return type == ResourceType.CLUSTER
        || type == ResourceType.LISTENER
        || names(type).contains(name);
  }

  /// Asks for exactly these from now on, as far as it does not yet.
  private void want(ResourceType type, Set<String> wanted) {
    List<String> added = wanted.stream().filter(name -> !names(type).contains(name)).toList();
    List<String> gone = names(type).stream().filter(name -> !wanted.contains(name)).toList();
    if (added.isEmpty() && gone.isEmpty()) {
      return;
    }
    names(type).removeAll(gone);
    names(type).addAll(added);
    gone.forEach(has(type)::remove);
    gone.forEach(of(type).versions::remove);
    ask(type, added, gone);
  }

  private void ask(ResourceType type, List<String> added, List<String> gone) {
    outbox.add(
        switch (encoding) {
          case INCREMENTAL ->
              new Request.Incremental(
                  type,
                  added,
                  gone,
                  asked.contains(type) ? Map.of() : of(type).versions,
                  "",
                  Optional.empty());
          case STATE_OF_THE_WORLD ->
              new Request.StateOfTheWorld(
                  type,
                  List.copyOf(names(type)),
                  of(type).version,
                  nonces.getOrDefault(type, ""),
                  Optional.empty());
        });
    asked.add(type);
  }

  private void answer(Response response, Optional<String> error) {
    ResourceType type = response.type();
    nonces.put(type, response.nonce());
    if (error.isEmpty()) {
      of(type).version = response.version();
      of(type).taken.clear();
      response.resources().forEach(resource -> of(type).taken.add(resource.name()));
      for (VersionedResource resource : response.resources()) {
        if (has(type).containsKey(resource.name())) {
          of(type).versions.put(resource.name(), resource.version());
        }
      }
      response.removed().forEach(of(type).versions::remove);
    }
    outbox.add(
        switch (encoding) {
          case INCREMENTAL ->
              new Request.Incremental(
                  type, List.of(), List.of(), Map.of(), response.nonce(), error);
          case STATE_OF_THE_WORLD ->
              new Request.StateOfTheWorld(
                  type, List.copyOf(names(type)), of(type).version, response.nonce(), error);
        });
  }

  private TreeSet<String> names(ResourceType type) {
    return of(type).names;
  }

  private Memory of(ResourceType type) {
    return Objects.requireNonNull(memory.get(type));
  }
}
