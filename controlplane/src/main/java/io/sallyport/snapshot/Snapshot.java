package io.sallyport.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All resources that a proxy is to have: by type, then by name. Immutable.
///
/// Equality looks at names, versions and origins, never at bytes.
public final class Snapshot {
  public static final Snapshot EMPTY = new Snapshot(new EnumMap<>(ResourceType.class));

  private static final String NOTHING = versionOf(Collections.emptyList());

  private final Map<ResourceType, Section> sections;

  private Snapshot(Map<ResourceType, Section> sections) {
    this.sections = sections;
  }

  /// The resources of one type, and a version of all of them together.
  private record Section(SortedMap<String, VersionedResource> resources, String version) {
    static Section of(SortedMap<String, VersionedResource> resources) {
      return new Section(
          Collections.unmodifiableSortedMap(resources), versionOf(resources.values()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Section that
          && version.equals(that.version)
          && resources.equals(that.resources);
    }

    @Override
    public int hashCode() {
      return version.hashCode();
    }
  }

  /// The snapshot of these resources; two of one type and name are a programmer's mistake.
  public static Snapshot of(Collection<VersionedResource> resources) {
    return EMPTY.with(resources);
  }

  /// This snapshot with `more` added; two of one type and name are a programmer's mistake.
  public Snapshot with(Collection<VersionedResource> more) {
    EnumMap<ResourceType, SortedMap<String, VersionedResource>> touched =
        new EnumMap<>(ResourceType.class);
    for (VersionedResource resource : more) {
      VersionedResource other =
          touched
              .computeIfAbsent(resource.type(), type -> new TreeMap<>(of(type)))
              .put(resource.name(), resource);
      if (other != null) {
        throw new IllegalArgumentException(
            "two resources of type " + resource.type() + " are named " + resource.name());
      }
    }
    EnumMap<ResourceType, Section> merged = new EnumMap<>(ResourceType.class);
    merged.putAll(sections);
    touched.forEach((type, byName) -> merged.put(type, Section.of(byName)));
    return new Snapshot(merged);
  }

  /// This snapshot, made of the objects of `earlier` wherever the two agree, so that readers who
  /// still hold the earlier one cost no second copy of the bytes.
  public Snapshot sharing(Snapshot earlier) {
    EnumMap<ResourceType, Section> shared = new EnumMap<>(ResourceType.class);
    sections.forEach((type, section) -> {
      TreeMap<String, VersionedResource> byName = new TreeMap<>(section.resources());
      byName.replaceAll((name, now) -> now.sharing(earlier.of(type).get(name)));
      shared.put(type, new Section(Collections.unmodifiableSortedMap(byName), section.version()));
    });
    return new Snapshot(shared);
  }

  /// The resources of one type by name.
  public SortedMap<String, VersionedResource> of(ResourceType type) {
    Section section = sections.get(type);
    return section == null ? Collections.emptySortedMap() : section.resources();
  }

  /// A version of all resources of one type together: equal if and only if their names and versions
  /// are.
  public String version(ResourceType type) {
    Section section = sections.get(type);
    return section == null ? NOTHING : section.version();
  }

  /// How many resources there are, of all types.
  public int size() {
    return sections.values().stream().mapToInt(section -> section.resources().size()).sum();
  }

  /// One version for several resources of one type, in the order of their names: SHA-256 over names
  /// and versions.
  public static String versionOf(Collection<VersionedResource> sorted) {
    StringBuilder text = new StringBuilder();
    for (VersionedResource resource : sorted) {
      text.append(resource.name()).append('\0').append(resource.version()).append('\n');
    }
    return VersionedResource.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Snapshot snapshot && sections.equals(snapshot.sections));
  }

  @Override
  public int hashCode() {
    return sections.hashCode();
  }

  @Override
  public String toString() {
    return "Snapshot" + sections.values();
  }
}
