package io.sallyport.policy.read;

import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.NearestName;
import io.sallyport.policy.problem.Printable;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.read.Node.Entry;
import io.sallyport.policy.read.Node.Mapping;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// One map of a document on its way to becoming a record. A binding asks for each field that its
/// kind knows; what nobody asked for is an unknown field.
///
/// What is wrong becomes a problem of the document, and the binding goes on with a harmless
/// stand-in, so that all mistakes are found in one go. A document with an error never comes into
/// force, and so a stand-in never does.
final class RecordBinder {
  private final DocumentFindings findings;
  private final FieldPath path;
  private final Position at;
  private final Map<String, Entry> entries;
  private final Set<String> known = new TreeSet<>();

  private RecordBinder(
      DocumentFindings findings, FieldPath path, Position at, Map<String, Entry> entries) {
    this.findings = findings;
    this.path = path;
    this.at = at;
    this.entries = entries;
  }

  /// Binds a map, and reports the fields of it that `binding` did not ask for.
  ///
  /// @param at where to say that a field is missing
  static <T> T bind(
      DocumentFindings findings,
      FieldPath path,
      Position at,
      Mapping mapping,
      Function<RecordBinder, T> binding) {
    RecordBinder binder = new RecordBinder(findings, path, at, mapping.entries());
    T bound = binding.apply(binder);
    binder.reportUnknownFields();
    return bound;
  }

  /// What a binding makes of nothing: defaults and stand-ins. Nothing is reported.
  static <T> T standIn(FieldPath path, Position at, Function<RecordBinder, T> binding) {
    return binding.apply(
        new RecordBinder(new DocumentFindings(0), path, at, new LinkedHashMap<>()));
  }

  /// A field that must be written.
  FieldValue required(String field) {
    FieldValue value = optional(field);
    if (!value.isPresent()) {
      findings.error("missing required field " + Printable.quote(field), at, path, "");
    }
    return value;
  }

  /// A field that may be left out; written with nothing behind it, it counts as left out, as in
  /// Kubernetes.
  FieldValue optional(String field) {
    known.add(field);
    FieldPath fieldPath = path.child(field);
    Entry entry = entries.get(field);
    return entry == null
        ? FieldValue.absent(findings, fieldPath, at)
        : FieldValue.of(findings, fieldPath, entry.key(), entry.value());
  }

  /// Fields that say nothing to us, whatever is in them.
  void ignored(String... fields) {
    known.addAll(List.of(fields));
  }

  /// Fields that have a meaning elsewhere and none here; writing some of them is one warning.
  void withoutEffect(String... fields) {
    List<String> written =
        Arrays.stream(fields).filter(field -> optional(field).isPresent()).toList();
    if (!written.isEmpty()) {
      String names = "`" + String.join("`, `", written) + "`";
      optional(written.getFirst())
          .warning((written.size() == 1 ? "no effect: field " : "no effect: fields ") + names, "");
    }
  }

  /// Fields that would have an effect which does not exist yet; writing one is an error.
  void notSupportedYet(String... fields) {
    for (String field : fields) {
      optional(field).ifPresent(v -> v.notSupportedYet("field " + Printable.quote(field)));
    }
  }

  /// Says something about the map as a whole.
  void error(String message, String help) {
    findings.error(message, at, path, help);
  }

  private void reportUnknownFields() {
    entries.forEach((field, entry) -> {
      if (!known.contains(field)) {
        findings.report(
            Severity.ERROR,
            "unknown field " + Printable.quote(field),
            entry.key(),
            path,
            suggestion(field),
            List.of());
      }
    });
  }

  private String suggestion(String field) {
    return NearestName.to(field, known)
        .map(name -> "did you mean `" + name + "`?")
        .orElseGet(() -> known.size() > 12 ? "" : "known fields: " + String.join(", ", known));
  }
}
