package io.sallyport.xds;

import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which resources of a refused response the client's message blames.
///
/// Envoy names clusters and listeners one by one, as in `Error adding/updating cluster(s) a: why,
/// b: why`; about other types, and about what it can't even decode, it names none or one.
final class Suspects {
  private Suspects() {}

  /// The resources that `message` names, those named as `name: why` if there are any; empty if it
  /// names none.
  static List<VersionedResource> in(String message, List<VersionedResource> candidates) {
    List<VersionedResource> blamed = new ArrayList<>();
    List<VersionedResource> mentioned = new ArrayList<>();
    StringBuilder rest = new StringBuilder(message);
    // The longest first, so that a name within a longer name is not taken for itself.
    List<VersionedResource> longestFirst =
        candidates.stream()
            .filter(candidate -> !candidate.name().isEmpty())
            .sorted(Comparator.comparingInt(candidate -> -candidate.name().length()))
            .toList();
    for (VersionedResource candidate : longestFirst) {
      switch (mention(rest, candidate.name())) {
        case BLAMED -> blamed.add(candidate);
        case MENTIONED -> mentioned.add(candidate);
        case ABSENT -> {}
      }
    }
    return blamed.isEmpty() ? mentioned : blamed;
  }

  private enum Mention {
    BLAMED,
    MENTIONED,
    ABSENT
  }

  /// Looks for a name as a word of its own, and blots it out.
  private static Mention mention(StringBuilder text, String name) {
    Mention found = Mention.ABSENT;
    for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
      int end = at + name.length();
      if (continues(text, at - 1, -1) || continues(text, end, 1)) {
        continue;
      }
      boolean blamed = end < text.length() && text.charAt(end) == ':';
      found = blamed || found == Mention.BLAMED ? Mention.BLAMED : Mention.MENTIONED;
      text.replace(at, end, "\0".repeat(name.length()));
    }
    return found;
  }

  /// Whether a name goes on at `at`: a dot is part of a name only if something follows it.
  private static boolean continues(CharSequence text, int at, int direction) {
    if (at < 0 || at >= text.length()) {
      return false;
    }
    char c = text.charAt(at);
    return c == '.'
        ? continues(text, at + direction, direction)
        : Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '|' || c == '/';
  }
}
