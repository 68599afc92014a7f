package io.sallyport.policy.read;

import io.sallyport.policy.FieldPath;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.NearestName;
import io.sallyport.policy.problem.Printable;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.read.Node.Entry;
import io.sallyport.policy.read.Node.Mapping;
import io.sallyport.policy.read.Node.Scalar;
import io.sallyport.policy.read.Node.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The value of one field, or of one item of a list, to be read as the type that its kind wants.
/// Absent values give the default that is named, wrong ones report what was found and what was
/// expected and give it too.
final class FieldValue {
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,9})");

  private final DocumentFindings findings;
  private final FieldPath path;
  private final Position at;
  private final @Nullable Node node;
  private final boolean writtenEmpty;

  private FieldValue(
      DocumentFindings findings,
      FieldPath path,
      Position at,
      @Nullable Node node,
      boolean writtenEmpty) {
    this.findings = findings;
    this.path = path;
    this.at = at;
    this.node = node;
    this.writtenEmpty = writtenEmpty;
  }

  static FieldValue absent(DocumentFindings findings, FieldPath path, Position parent) {
    return new FieldValue(findings, path, parent, null, false);
  }

  /// @param key where the field's key stands; for an item of a list, where the item starts
  static FieldValue of(DocumentFindings findings, FieldPath path, Position key, Node node) {
    Position at = node instanceof Scalar && !node.isNull() ? node.at() : key;
    findings.place(path, at);
    return node.isNull()
        ? new FieldValue(findings, path, at, null, true)
        : new FieldValue(findings, path, at, node, false);
  }

  boolean isPresent() {
    return node != null;
  }

  void ifPresent(Consumer<FieldValue> action) {
    if (isPresent()) {
      action.accept(this);
    }
  }

  /// The value that `read` makes of it, or nothing where it was left out.
  <T> Optional<T> map(Function<FieldValue, T> read) {
    return isPresent() ? Optional.of(read.apply(this)) : Optional.empty();
  }

  void error(String message, String help) {
    findings.error(message, at, path, help);
  }

  void warning(String message, String help) {
    findings.warning(message, at, path, help);
  }

  /// Refuses what the schema allows and nothing compiles yet.
  void notSupportedYet(String what) {
    error("not supported yet: " + what, "");
  }

  /// As [#notSupportedYet(String)] where the condition holds.
  void notSupportedYet(boolean condition, String what) {
    if (condition) {
      notSupportedYet(what);
    }
  }

  String string(String otherwise) {
    return parse(Parsed::valid, otherwise);
  }

  /// A string that must be of a certain form.
  <T> T parse(Function<String, Parsed<T>> form, T otherwise) {
    return switch (node) {
      case null -> otherwise;
      case Scalar scalar when scalar.type() == ScalarType.STRING ->
          switch (form.apply(scalar.text())) {
            case Parsed.Valid<T>(T value) -> value;
            case Parsed.Invalid<T>(String message, String help) -> {
              error(message, help);
              yield otherwise;
            }
          };
      case Scalar _ -> wrongType("a string", "put it in quotes", otherwise);
      default -> wrongType("a string", "", otherwise);
    };
  }

  boolean bool(boolean otherwise) {
    if (node instanceof Scalar scalar && scalar.type() == ScalarType.BOOLEAN) {
      return switch (scalar.text().toLowerCase(Locale.ROOT)) {
        case "true", "yes", "on", "y" -> true;
        default -> false;
      };
    }
    return node == null ? otherwise : wrongType("a boolean", "write `true` or `false`", otherwise);
  }

  int port(int otherwise) {
    return integer("port", 1, 65535, otherwise);
  }

  int integer(String what, int least, int most, int otherwise) {
    if (node == null) {
      return otherwise;
    }
    String expected = "a number from " + least + " to " + most;
    if (!(node instanceof Scalar scalar) || scalar.type() != ScalarType.INTEGER) {
      boolean quoted = node instanceof Scalar string && DECIMAL.matcher(string.text()).matches();
      return wrongType(expected, quoted ? "write it without quotes" : "", otherwise);
    }
    if (!DECIMAL.matcher(scalar.text()).matches()) {
      error(
          what + " " + Printable.quote(scalar.text()) + " is not a plain decimal number",
          "expected " + expected);
      return otherwise;
    }
    long value = Long.parseLong(scalar.text());
    if (value < least || value > most) {
      error(what + " " + value + " is out of range", "expected " + expected);
      return otherwise;
    }
    return (int) value;
  }

  /// One of the constants, written exactly as it is named.
  <E extends Enum<E>> E oneOf(Class<E> type, E otherwise) {
    return parse(written -> constant(type, written), otherwise);
  }

  private static <E extends Enum<E>> Parsed<E> constant(Class<E> type, String written) {
    List<String> names = Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
    return names.contains(written)
        ? Parsed.valid(Enum.valueOf(type, written))
        : Parsed.invalid(
            "unknown value " + Printable.quote(written),
            NearestName.to(written, names)
                .map(name -> "did you mean `" + name + "`?")
                .orElse("expected " + String.join(" or ", names)));
  }

  <T> T object(Function<RecordBinder, T> binding) {
    if (node instanceof Mapping mapping) {
      return RecordBinder.bind(findings, path, at, mapping, binding);
    }
    T standIn = RecordBinder.standIn(path, at, binding);
    return node == null ? standIn : wrongType("a map", "", standIn);
  }

  /// Items that are nothing (`- ` or `null`) are errors.
  <T> List<T> list(Function<FieldValue, T> item) {
    List<T> values = new ArrayList<>();
    if (node instanceof Sequence sequence) {
      int index = 0;
      for (Node itemNode : sequence.items()) {
        FieldValue value = of(findings, path.index(index++), itemNode.at(), itemNode);
        if (value.isPresent()) {
          values.add(item.apply(value));
        } else {
          value.error("an empty item in a list", "");
        }
      }
      return values;
    }
    return node == null ? values : wrongType("a list", "", values);
  }

  /// As [#list], with at least one item and at most so many.
  <T> List<T> list(int most, Function<FieldValue, T> item) {
    if (node instanceof Sequence sequence) {
      if (sequence.items().isEmpty()) {
        error("the list is empty", "expected at least one item");
      } else if (sequence.items().size() > most) {
        error("a list of " + sequence.items().size() + " items", "expected at most " + most);
      }
    }
    return list(item);
  }

  /// A map whose keys are the user's own.
  <T> Map<String, T> map(Function<String, Parsed<String>> key, Function<FieldValue, T> item) {
    Map<String, T> values = new TreeMap<>();
    if (node instanceof Mapping mapping) {
      mapping.entries().forEach((name, entry) -> mapEntry(name, entry, key, item, values));
      return values;
    }
    return node == null ? values : wrongType("a map", "", values);
  }

  private <T> void mapEntry(
      String name,
      Entry entry,
      Function<String, Parsed<String>> keyForm,
      Function<FieldValue, T> item,
      Map<String, T> values) {
    switch (keyForm.apply(name)) {
      case Parsed.Invalid<String>(String message, String help) ->
          findings.error(message, entry.key(), path, help);
      case Parsed.Valid<String>(String key) -> {
        FieldValue value = of(findings, path.child(key), entry.key(), entry.value());
        if (value.isPresent()) {
          values.put(key, item.apply(value));
        } else {
          value.error(
              "key " + Printable.quote(key) + " has no value", "write `\"\"` for an empty one");
        }
      }
    }
  }

  /// Labels as Kubernetes allows them.
  Map<String, String> labels() {
    return map(KubernetesName::qualifiedName, value -> value.parse(KubernetesName::labelValue, ""));
  }

  /// Labels that select workloads. No labels select everything, and so the field may be left out or
  /// be `{}`, but not be left blank: that is how a half-written selector looks.
  Map<String, String> selector() {
    if (writtenEmpty) {
      error(
          "a selector without labels",
          "leave the field out, or write `{}`, to select every workload of the namespace");
    }
    return labels();
  }

  /// Says that this value repeats that of another field.
  void repeats(String message, Position first) {
    findings.report(
        Severity.ERROR,
        message,
        at,
        path,
        "",
        List.of(new Problem.Related(first, "first written here")));
  }

  Position position() {
    return at;
  }

  private <T> T wrongType(String expected, String help, T otherwise) {
    if (node != null) {
      error("expected " + expected + ", found " + node.describe(), help);
    }
    return otherwise;
  }
}
