package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.VersionedResource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// A conversation with one stream's state: what a client and the time do to it, and what it says,
/// as text such as `CDS a@r1 b@r2 -c`.
final class Conversation {
  final RecordedEvents events = new RecordedEvents();
  private final Encoding encoding;
  private final XdsStream stream;
  private final Map<ResourceType, TreeSet<String>> names =
      new java.util.EnumMap<>(ResourceType.class);
  private final Map<ResourceType, String> versions = new java.util.EnumMap<>(ResourceType.class);
  private Instant now = Instant.EPOCH;
  private List<Response> last = List.of();

  Conversation(Encoding encoding, Snapshot first) {
    this(encoding, Pace.DEFAULT, first);
  }

  Conversation(Encoding encoding, Pace pace, Snapshot first) {
    this.encoding = encoding;
    this.stream = new XdsStream(1, encoding, pace, events, first, now);
  }

  void offer(VersionedResource... resources) {
    stream.offer(Samples.snapshot(resources));
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Optional<Instant> wakeAt() {
    return stream.wakeAt(now);
  }

  /// Asks for names besides those asked for; none at first: for everything.
  Optional<String> ask(ResourceType type, String... wanted) {
    names(type).addAll(List.of(wanted));
    return receive(type, List.of(wanted), List.of(), Map.of(), "", Optional.empty());
  }

  void stopAsking(ResourceType type, String... unwanted) {
    List.of(unwanted).forEach(names(type)::remove);
    receive(type, List.of(), List.of(unwanted), Map.of(), "", Optional.empty());
  }

  /// Both in one message; incremental only.
  void askAnew(ResourceType type, String name) {
    receive(type, List.of(name), List.of(name), Map.of(), "", Optional.empty());
  }

  /// Asks as a client does that comes from another stream; incremental only.
  void askHaving(ResourceType type, List<String> wanted, VersionedResource... had) {
    Map<String, String> initial = new java.util.HashMap<>();
    for (VersionedResource resource : had) {
      initial.put(resource.name(), resource.version());
    }
    receive(type, wanted, List.of(), initial, "", Optional.empty());
  }

  /// Asks as a client does that took a version on another stream; state of the world only.
  void askHaving(ResourceType type, List<String> wanted, String version) {
    names(type).addAll(wanted);
    versions.put(type, version);
    receive(type, wanted, List.of(), Map.of(), "", Optional.empty());
  }

  void ack(Response response) {
    versions.put(response.type(), response.version());
    receive(response.type(), List.of(), List.of(), Map.of(), response.nonce(), Optional.empty());
  }

  void nack(Response response, String message) {
    receive(
        response.type(), List.of(), List.of(), Map.of(), response.nonce(), Optional.of(message));
  }

  /// Answers with a nonce of the test's own making.
  void answer(ResourceType type, String nonce, Optional<String> error) {
    receive(type, List.of(), List.of(), Map.of(), nonce, error);
  }

  private Optional<String> receive(
      ResourceType type,
      List<String> subscribe,
      List<String> unsubscribe,
      Map<String, String> initial,
      String nonce,
      Optional<String> error) {
    return stream.receive(
        switch (encoding) {
          case INCREMENTAL ->
              new Request.Incremental(type, subscribe, unsubscribe, initial, nonce, error);
          case STATE_OF_THE_WORLD ->
              new Request.StateOfTheWorld(
                  type, List.copyOf(names(type)), versions.getOrDefault(type, ""), nonce, error);
        });
  }

  private TreeSet<String> names(ResourceType type) {
    return names.computeIfAbsent(type, _ -> new TreeSet<>());
  }

  /// All that may go now, without an answer.
  List<String> heard() {
    List<Response> responses = new ArrayList<>();
    for (Optional<Response> next = stream.next(now); next.isPresent(); next = stream.next(now)) {
      responses.add(next.get());
    }
    last = responses;
    return responses.stream().map(Conversation::text).toList();
  }

  /// One response, as a client that reads slowly takes it.
  Optional<String> hearOne() {
    Optional<Response> next = stream.next(now);
    last = next.stream().toList();
    return next.map(Conversation::text);
  }

  /// What [#heard] or [#hearOne] returned last.
  List<Response> last() {
    return last;
  }

  Response onlyOne() {
    if (last.size() != 1) {
      throw new AssertionError("expected one response, got " + last);
    }
    return last.getFirst();
  }

  void ackAll() {
    last.forEach(this::ack);
  }

  /// Everything that goes until nothing more does, each acknowledged when it comes.
  List<String> heardAndAcked() {
    List<String> all = new ArrayList<>();
    for (List<String> some = heard(); !some.isEmpty(); some = heard()) {
      all.addAll(some);
      ackAll();
    }
    return all;
  }

  static String text(Response response) {
    StringBuilder text = new StringBuilder(response.type().shortName());
    for (VersionedResource resource : response.resources()) {
      Map.Entry<String, String> named = Samples.named(resource.body());
      String mark = named.getValue();
      text.append(' ').append(named.getKey()).append('@');
      text.append(mark.length() > 8 ? mark.substring(0, 2) : mark);
    }
    response.removed().forEach(name -> text.append(" -").append(name));
    return text.toString();
  }
}
