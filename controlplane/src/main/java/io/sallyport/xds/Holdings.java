package io.sallyport.xds;

import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a client has of one type, and what it refused.
final class Holdings {
  /// Stands for the version of what the client was told does not exist.
  private static final String ABSENT = "";

  private final Map<String, String> held = new HashMap<>();

  /// In place of what is held: what the client was sent and did not answer in time.
  private final Map<String, String> assumed = new HashMap<>();

  private final Map<String, String> parked = new HashMap<>();

  /// Names that were in a response which the client refused: it may have some of them nevertheless,
  /// since Envoy applies the good clusters and listeners of a response that it refuses.
  private final Set<String> uncertain = new HashSet<>();

  /// To be sent although the client has it: it may have forgotten it, or needs to hear it again.
  private final Set<String> again = new HashSet<>();

  /// To be sent in a response of its own, because it was in one that was refused for another's
  /// sake, or for nobody knows whose.
  private final Set<String> alone = new HashSet<>();

  /// Compares with what the client is to have.
  Difference compare(Subscription wanted, View view) {
    List<VersionedResource> upserts = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    boolean anyParked = false;
    if (wanted.isWildcard()) {
      for (VersionedResource resource : view.all().values()) {
        anyParked |= !compare(resource, upserts);
      }
    }
    for (String name : wanted.names()) {
      VersionedResource resource = view.get(name);
      if (resource == null) {
        if (version(name) == null) {
          missing.add(name);
        }
      } else if (!wanted.isWildcard() || !view.all().containsKey(name)) {
        anyParked |= !compare(resource, upserts);
      }
    }
    List<String> removals = new ArrayList<>();
    for (Set<String> names : List.of(held.keySet(), assumed.keySet(), uncertain)) {
      for (String name : names) {
        if (view.get(name) == null && mayHave(name) && !removals.contains(name)) {
          removals.add(name);
        }
      }
    }
    removals.sort(null);
    return new Difference(
        List.copyOf(upserts), List.copyOf(missing), List.copyOf(removals), anyParked);
  }

  /// @return false if the client lacks the resource because it refused it
  private boolean compare(VersionedResource resource, List<VersionedResource> upserts) {
    if (resource.version().equals(parked.get(resource.name()))) {
      return false;
    }
    if (!resource.version().equals(version(resource.name())) || again.contains(resource.name())) {
      upserts.add(resource);
    }
    return true;
  }

  private @Nullable String version(String name) {
    String version = assumed.get(name);
    return version != null ? version : held.get(name);
  }

  /// Whether the client has any version of this, as far as is known.
  boolean mayHave(String name) {
    String version = version(name);
    return version == null ? uncertain.contains(name) : !version.equals(ABSENT);
  }

  boolean has(VersionedResource resource) {
    return resource.version().equals(version(resource.name()));
  }

  /// Whether the client itself said that it has this.
  boolean isConfirmed(VersionedResource resource) {
    return !assumed.containsKey(resource.name())
        && resource.version().equals(held.get(resource.name()));
  }

  /// Whether the client is taken to have something for which it gave no answer.
  boolean hasAssumed() {
    return !assumed.isEmpty();
  }

  boolean isParked(VersionedResource resource) {
    return resource.version().equals(parked.get(resource.name()));
  }

  boolean isToGoAlone(String name) {
    return alone.contains(name);
  }

  /// The client says that it has this.
  void claim(String name, String version) {
    held.put(name, version);
  }

  /// The client wants to be told anew, whatever it had or refused.
  void renew(String name) {
    held.remove(name);
    assumed.remove(name);
    parked.remove(name);
    again.add(name);
  }

  /// The client needs to hear this again, unless it refused it.
  void repeat(String name) {
    again.add(name);
  }

  /// The client cares only about these from now on.
  void retain(Subscription wanted) {
    held.keySet().removeIf(name -> !wanted.covers(name));
    assumed.keySet().removeIf(name -> !wanted.covers(name));
    parked.keySet().removeIf(name -> !wanted.covers(name));
    again.removeIf(name -> !wanted.covers(name));
    alone.removeIf(name -> !wanted.covers(name));
    uncertain.removeIf(name -> !wanted.covers(name));
  }

  /// This is on its way.
  void leaves(String name) {
    again.remove(name);
    alone.remove(name);
  }

  /// The client has taken this. What it asked for again since is still owed.
  void take(VersionedResource resource) {
    parked.remove(resource.name());
    uncertain.remove(resource.name());
    if (!again.contains(resource.name())) {
      assumed.remove(resource.name());
      held.put(resource.name(), resource.version());
    }
  }

  /// The client has dropped this, or knows that there is no such thing.
  void drop(String name, boolean named) {
    parked.remove(name);
    uncertain.remove(name);
    if (again.contains(name)) {
      return;
    }
    assumed.remove(name);
    if (named) {
      held.put(name, ABSENT);
    } else {
      held.remove(name);
    }
  }

  /// The client did not answer in time; it is taken to have this.
  void assume(VersionedResource resource) {
    if (!again.contains(resource.name())) {
      assumed.put(resource.name(), resource.version());
    }
  }

  /// The client did not answer in time; it is taken to have dropped this.
  void assumeGone(String name) {
    if (!again.contains(name)) {
      assumed.put(name, ABSENT);
    }
  }

  /// The client answers after all, and had this; perhaps it was sent another since.
  void confirm(VersionedResource resource) {
    if (resource.version().equals(assumed.get(resource.name()))) {
      take(resource);
    } else if (!again.contains(resource.name())) {
      held.put(resource.name(), resource.version());
    }
  }

  void confirmGone(String name, boolean named) {
    if (ABSENT.equals(assumed.get(name))) {
      drop(name, named);
    }
  }

  /// The client answers after all, and has not taken what it was taken to have.
  void doubt(VersionedResource resource) {
    assumed.remove(resource.name());
  }

  /// The client refuses this version; it is not offered again.
  void park(VersionedResource resource) {
    parked.put(resource.name(), resource.version());
    uncertain.add(resource.name());
  }

  /// The client refused a response that held this and more; it is offered once more, alone.
  void isolate(VersionedResource resource) {
    alone.add(resource.name());
    uncertain.add(resource.name());
  }
}
