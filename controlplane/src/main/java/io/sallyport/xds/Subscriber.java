package io.sallyport.xds;

import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// Works the requests of one stream for one type into what the client wants and what it has.
final class Subscriber {
  private final long stream;
  private final ResourceType type;
  private final Subscription subscription;
  private final Holdings holdings;
  private final Batching batching;
  private final XdsEvents events;

  /// What comes of a request.
  ///
  /// @param changed whether the client wants something else than before
  /// @param owed whether it waits for an answer even if there is nothing to tell
  record Effect(boolean changed, boolean owed) {
    static final Effect NONE = new Effect(false, false);
  }

  Subscriber(
      long stream,
      ResourceType type,
      Subscription subscription,
      Holdings holdings,
      Batching batching,
      XdsEvents events) {
    this.stream = stream;
    this.type = type;
    this.subscription = subscription;
    this.holdings = holdings;
    this.batching = batching;
    this.events = events;
  }

  Effect receive(Request request, View view) {
    return switch (request) {
      case Request.Incremental incremental -> subscribe(incremental, view);
      case Request.StateOfTheWorld whole -> subscribe(whole, view);
    };
  }

  private Effect subscribe(Request.Incremental request, View view) {
    boolean first = !subscription.isOpen();
    if (!first && request.subscribe().isEmpty() && request.unsubscribe().isEmpty()) {
      return Effect.NONE;
    }
    boolean wasWildcard = subscription.isWildcard();
    if (first) {
      subscription.open(hasWildcard(), request.subscribe());
    }
    for (String name : request.unsubscribe()) {
      subscription.remove(name);
      // A wildcard may still cover it: then the client has to be told whether it does.
      if (subscription.covers(name) && view.get(name) != null) {
        holdings.renew(name);
      }
    }
    if (!first) {
      holdings.retain(subscription);
    }
    for (String name : request.subscribe()) {
      String shared = shared(name, view);
      subscription.add(shared);
      if (!name.equals(Subscription.WILDCARD)
          && !(first && request.initialVersions().containsKey(name))) {
        holdings.renew(shared);
      }
    }
    if (first && !request.initialVersions().isEmpty()) {
      request.initialVersions().forEach((name, version) -> claim(name, version, view));
      tellHeld(view);
    }
    return new Effect(
        true, !wasWildcard && subscription.isWildcard() && request.initialVersions().isEmpty());
  }

  private void claim(String name, String version, View view) {
    if (!subscription.covers(name) || version.isEmpty()) {
      return;
    }
    VersionedResource resource = view.get(name);
    holdings.claim(
        shared(name, view),
        resource != null && resource.version().equals(version) ? resource.version() : version);
  }

  private void tellHeld(View view) {
    List<VersionedResource> held =
        view.all().values().stream()
            .filter(resource -> subscription.covers(resource.name()) && holdings.has(resource))
            .toList();
    events.held(stream, type, held);
  }

  private Effect subscribe(Request.StateOfTheWorld request, View view) {
    boolean first = !subscription.isOpen();
    if (!first && subscription.isAlready(request.names())) {
      return Effect.NONE;
    }
    if (first) {
      subscription.open(hasWildcard(), request.names());
    }
    List<String> names = request.names().stream().map(name -> shared(name, view)).toList();
    boolean wasWildcard = !first && subscription.isWildcard();
    List<String> added = subscription.replace(names);
    holdings.retain(subscription);
    boolean hasAll = first && batching.recognises(request.version(), subscription, view, holdings);
    if (hasAll) {
      tellHeld(view);
    }
    if (!first) {
      added.forEach(holdings::renew);
    }
    return new Effect(
        true,
        !hasAll && (first || !added.isEmpty() || (!wasWildcard && subscription.isWildcard())));
  }

  /// The string of the snapshot rather than the request's own, which a thousand streams would keep.
  private static String shared(String name, View view) {
    VersionedResource resource = view.get(name);
    return resource == null ? name : resource.name();
  }

  private boolean hasWildcard() {
    return type == ResourceType.CLUSTER || type == ResourceType.LISTENER;
  }
}
