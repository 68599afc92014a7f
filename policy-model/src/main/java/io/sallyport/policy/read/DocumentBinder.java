package io.sallyport.policy.read;

import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Kind;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.Position;
import io.sallyport.policy.Resource;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Printable;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.read.Node.Entry;
import io.sallyport.policy.read.Node.Mapping;
import io.sallyport.policy.read.Node.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One document on its way from a tree to its record: what it is by `apiVersion` and `kind`, what
/// its name is, then what its kind makes of `spec`.
final class DocumentBinder {
  /// What a document turned out to be.
  sealed interface Outcome {
    /// A document with a name, in force or not.
    record Named(ReadDocument document) implements Outcome {}

    /// A document that could not be named, and so may be any.
    record Unnamed(List<Problem> problems) implements Outcome {}

    /// A document that is none of our business.
    record Skipped(Problem note) implements Outcome {}
  }

  private final DocumentFindings findings;
  private final Mapping root;

  private DocumentBinder(DocumentFindings findings, Mapping root) {
    this.findings = findings;
    this.root = root;
  }

  /// @param yamlProblems what is wrong with its YAML
  static Outcome bind(Node node, List<Problem> yamlProblems, int maxProblems) {
    DocumentFindings findings = new DocumentFindings(maxProblems);
    findings.place(FieldPath.ROOT, node.at());
    yamlProblems.forEach(findings::add);
    if (node instanceof Mapping root) {
      return new DocumentBinder(findings, root).bind();
    }
    findings.error(
        "expected a document, found " + node.describe(),
        node.at(),
        FieldPath.ROOT,
        "a document is a map with `apiVersion`, `kind`, `metadata` and `spec`");
    return new Outcome.Unnamed(findings.problems());
  }

  private Outcome bind() {
    String apiVersion = envelope("apiVersion");
    String kindName = envelope("kind");
    if (apiVersion.isEmpty() || kindName.isEmpty() || root.ambiguous()) {
      return new Outcome.Unnamed(findings.problems());
    }
    return switch (ApiKind.of(apiVersion, kindName)) {
      case ApiKind.Foreign(String what) -> skipped(what);
      case ApiKind.Unknown(String field, String message, String help) -> {
        findings.error(message, place(field), FieldPath.ROOT, help);
        yield new Outcome.Unnamed(findings.problems());
      }
      case ApiKind.Known(Kind kind, boolean knownVersion) -> {
        if (!knownVersion) {
          findings.error(
              "unknown version " + Printable.quote(apiVersion) + " of kind " + kind,
              place("apiVersion"),
              FieldPath.ROOT,
              "expected `" + ApiKind.apiVersions(kind) + "`");
          yield named(kind, Optional.empty());
        }
        yield known(kind);
      }
    };
  }

  private Outcome known(Kind kind) {
    return switch (KindBinding.of(kind)) {
      case KindBinding.Skipped _ -> skipped("a " + kind + ", which has no effect yet");
      case KindBinding.NotSupportedYet _ -> {
        findings.error("not supported yet: kind " + kind, place("kind"), FieldPath.ROOT, "");
        yield named(kind, Optional.empty());
      }
      case KindBinding.Bound(KindBinding.ToRecord toRecord) -> {
        Optional<String> foreign =
            switch (kind) {
              case GATEWAY ->
                  foreignClass().map(name -> "a Gateway of class " + Printable.quote(name));
              case SECRET -> foreignType().map(type -> "a Secret of type " + Printable.quote(type));
              default -> Optional.empty();
            };
        yield foreign.isPresent()
            ? skipped(foreign.get())
            : named(kind, Optional.of(record(kind, toRecord)));
      }
    };
  }

  private Resource record(Kind kind, KindBinding.ToRecord toRecord) {
    return RecordBinder.bind(
        findings,
        FieldPath.ROOT,
        root.at(),
        root,
        document -> {
          document.ignored("apiVersion", "kind", "status");
          Metadata metadata =
              document.required("metadata").object(fields -> MetadataBinding.bind(kind, fields));
          if (kind == Kind.SECRET) {
            return toRecord.bind(metadata, document);
          }
          FieldValue spec =
              kind == Kind.NAMESPACE ? document.optional("spec") : document.required("spec");
          return spec.object(fields -> toRecord.bind(metadata, fields));
        });
  }

  private Outcome named(Kind kind, Optional<Resource> resource) {
    Optional<ResourceKey> key = key(kind);
    if (key.isEmpty()) {
      return new Outcome.Unnamed(findings.problems());
    }
    findings.named(key.get());
    Optional<Document> document =
        findings.hasErrors()
            ? Optional.empty()
            : resource.map(r -> new Document(r, findings.positions()));
    return new Outcome.Named(new ReadDocument(key.get(), document, findings.problems()));
  }

  private Outcome skipped(String what) {
    Position at = place("kind");
    return new Outcome.Skipped(
        new Problem(
            Severity.NOTE,
            "skipped: " + what,
            Optional.of(at),
            FieldPath.ROOT,
            Optional.empty(),
            "",
            List.of()));
  }

  /// The document's name as far as it is beyond doubt; whatever is wrong with it is reported by
  /// [MetadataBinding].
  private Optional<ResourceKey> key(Kind kind) {
    Entry entry = root.entries().get("metadata");
    if (entry == null || !(entry.value() instanceof Mapping metadata) || metadata.ambiguous()) {
      return Optional.empty();
    }
    Optional<String> name = valid(metadata, "name", KubernetesName::dnsSubdomain);
    Optional<String> namespace =
        switch (kind.scope()) {
          case CLUSTER -> Optional.of("");
          case NAMESPACED -> valid(metadata, "namespace", KubernetesName::dnsLabel);
          case NAMESPACE_OPTIONAL ->
              metadata.entries().containsKey("namespace")
                  ? valid(metadata, "namespace", KubernetesName::dnsLabel)
                  : Optional.of("");
        };
    return name.flatMap(n -> namespace.map(ns -> new ResourceKey(kind, ns, n)));
  }

  private static Optional<String> valid(
      Mapping mapping, String field, Function<String, Parsed<String>> form) {
    return string(mapping, field)
        .flatMap(text ->
            form.apply(text) instanceof Parsed.Valid<String>(String value)
                ? Optional.of(value)
                : Optional.empty());
  }

  /// The class of a Gateway that another controller serves. A misspelling of our own classes does
  /// not count as one.
  private Optional<String> foreignClass() {
    Entry spec = root.entries().get("spec");
    return spec != null && spec.value() instanceof Mapping fields && !fields.ambiguous()
        ? string(fields, "gatewayClassName").filter(name -> !GatewayBinding.isOurs(name))
        : Optional.empty();
  }

  /// The type of a Secret that is not for TLS.
  private Optional<String> foreignType() {
    String type = string(root, "type").orElse("Opaque");
    return type.equals(TlsSecretBinding.TYPE) ? Optional.empty() : Optional.of(type);
  }

  private static Optional<String> string(Mapping mapping, String field) {
    Entry entry = mapping.entries().get(field);
    return entry != null
            && entry.value() instanceof Scalar scalar
            && scalar.type() == ScalarType.STRING
        ? Optional.of(scalar.text())
        : Optional.empty();
  }

  /// A field that every document has; empty, and reported, where it is missing.
  private String envelope(String field) {
    Entry entry = root.entries().get(field);
    FieldPath path = new FieldPath(field);
    FieldValue value =
        entry == null
            ? FieldValue.absent(findings, path, root.at())
            : FieldValue.of(findings, path, entry.key(), entry.value());
    if (!value.isPresent()) {
      findings.error(
          "missing required field " + Printable.quote(field), root.at(), FieldPath.ROOT, "");
    }
    return value.parse(DocumentBinder::notEmpty, "");
  }

  private static Parsed<String> notEmpty(String text) {
    return text.isEmpty() ? Parsed.invalid("the value is empty") : Parsed.valid(text);
  }

  private Position place(String field) {
    Entry entry = root.entries().get(field);
    return entry == null ? root.at() : entry.value().at();
  }
}
