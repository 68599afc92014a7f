package io.sallyport.policy.read;

import io.sallyport.policy.Kind;
import io.sallyport.policy.problem.NearestName;
import io.sallyport.policy.problem.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What `apiVersion` and `kind` say a document is. A misspelt one must never pass for somebody
/// else's document: that would drop a policy in silence.
sealed interface ApiKind {
  record Known(Kind kind, boolean knownVersion) implements ApiKind {}

  /// A document of somebody else.
  ///
  /// @param what it is, in words
  record Foreign(String what) implements ApiKind {}

  /// @param field which of the two is wrong
  record Unknown(String field, String message, String help) implements ApiKind {}

  /// Kubernetes' own kinds in its core group; another name there is a misspelling.
  Set<String> CORE_KINDS =
      Set.of(
          "Binding",
          "ComponentStatus",
          "ConfigMap",
          "Endpoints",
          "Event",
          "LimitRange",
          "Node",
          "PersistentVolume",
          "PersistentVolumeClaim",
          "Pod",
          "PodTemplate",
          "ReplicationController",
          "ResourceQuota");

  /// Our groups, but for Kubernetes' core, which has no name.
  List<String> GROUPS =
      Arrays.stream(Kind.values()).map(Kind::group).filter(g -> !g.isEmpty()).distinct().toList();

  int MOST_EDITS = 2;

  Pattern VERSION = Pattern.compile("v[0-9]+((alpha|beta)[0-9]+)?");

  static ApiKind of(String apiVersion, String kindName) {
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    String version = apiVersion.substring(slash + 1);
    List<Kind> ofGroup = kinds(group);
    if (!VERSION.matcher(version).matches()) {
      return new Unknown(
          "apiVersion",
          "apiVersion " + Printable.quote(apiVersion) + " has no version",
          "expected GROUP/VERSION such as `" + apiVersions(Kind.ASM_EGRESS_TRAFFIC_POLICY) + "`");
    }
    if (ofGroup.isEmpty()) {
      return foreignGroup(group);
    }
    for (Kind kind : ofGroup) {
      if (kind.kindName().equals(kindName)) {
        return new Known(kind, kind.versions().contains(version));
      }
    }
    if (group.isEmpty() && kindName.equals("List")) {
      return new Unknown("kind", "a List without a list of documents", "they stand in `items`");
    }
    return group.isEmpty() && CORE_KINDS.contains(kindName)
        ? new Foreign("a Kubernetes " + kindName)
        : unknownKind(group, kindName, ofGroup);
  }

  /// The kind that a `…List` kind lists.
  static Optional<Kind> listed(String apiVersion, String kindName) {
    return kindName.endsWith("List")
            && of(apiVersion, kindName.substring(0, kindName.length() - "List".length()))
                instanceof Known(Kind kind, _)
        ? Optional.of(kind)
        : Optional.empty();
  }

  /// The values of `apiVersion` that a kind is accepted with.
  static String apiVersions(Kind kind) {
    String prefix = kind.group().isEmpty() ? "" : kind.group() + "/";
    return kind.versions().stream()
        .map(version -> prefix + version)
        .collect(Collectors.joining("` or `"));
  }

  /// A group that is nearly one of ours is a misspelling of it.
  private static ApiKind foreignGroup(String group) {
    for (String known : GROUPS) {
      if (Math.abs(group.length() - known.length()) <= MOST_EDITS
          && NearestName.distance(group, known) <= MOST_EDITS) {
        return new Unknown(
            "apiVersion",
            "unknown group " + Printable.quote(group),
            "did you mean `" + known + "`?");
      }
    }
    return new Foreign("a document of group " + Printable.quote(group));
  }

  private static ApiKind unknownKind(String group, String kindName, List<Kind> ofGroup) {
    List<String> names = ofGroup.stream().map(Kind::kindName).toList();
    String where = group.isEmpty() ? "in Kubernetes' core group" : "in group " + group;
    return new Unknown(
        "kind",
        "unknown kind " + Printable.quote(kindName) + " " + where,
        NearestName.to(kindName, names)
            .map(name -> "did you mean `" + name + "`?")
            .orElse("known kinds: " + String.join(", ", names)));
  }

  private static List<Kind> kinds(String group) {
    return Arrays.stream(Kind.values()).filter(kind -> kind.group().equals(group)).toList();
  }
}
