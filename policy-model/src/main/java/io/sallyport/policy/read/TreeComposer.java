package io.sallyport.policy.read;

import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.Printable;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import io.sallyport.policy.read.Node.Entry;
import io.sallyport.policy.read.Node.Mapping;
import io.sallyport.policy.read.Node.Scalar;
import io.sallyport.policy.read.Node.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;

/// From YAML to [Node]s: the only place that knows snakeyaml. It works on the stream of events, so
/// that depth and aliases are refused before they cost anything.
final class TreeComposer {
  /// What snakeyaml was at when it took a wildcard host for an alias.
  private static final String ALIAS = "while scanning an alias";

  /// The documents of a chunk, the problems found on the way, and whether its end was reached.
  record Composed(List<Root> roots, boolean complete, List<Problem> problems) {}

  /// One document and the problems of its YAML that leave it readable (duplicate keys).
  record Root(Node node, List<Problem> problems) {}

  private final String file;
  private final Limits limits;
  private final LoaderOptions options = new LoaderOptions();
  private int aliasedNodes;

  /// For the chunks of one text, which share its limits.
  TreeComposer(String file, Limits limits) {
    this.file = file;
    this.limits = limits;
    options.setCodePointLimit(Integer.MAX_VALUE);
  }

  Composed compose(Chunk chunk) {
    CodePointReader reader = new CodePointReader(chunk.text());
    Parser parser = new ParserImpl(reader, options);
    List<Root> roots = new ArrayList<>();
    try {
      while (!parser.checkEvent(Event.ID.StreamEnd)) {
        Event event = parser.getEvent();
        if (event instanceof NodeEvent first) {
          Pass pass = new Pass(parser, chunk.firstLine());
          roots.add(new Root(pass.node(first, 1), pass.problems));
        }
      }
      return new Composed(roots, true, List.of());
    } catch (Refused e) {
      return new Composed(roots, false, List.of(e.problem));
    } catch (MarkedYAMLException e) {
      Position at = position(mark(e), chunk.firstLine());
      String what = e.getProblem() == null ? e.getContext() : e.getProblem();
      String message = "not valid YAML: " + Printable.cut(String.valueOf(what), 200);
      String help =
          ALIAS.equals(e.getContext()) ? "text that starts with `*` stands in quotes" : "";
      return new Composed(roots, false, List.of(problem(message, at, help, List.of())));
    } catch (YAMLException e) {
      // a few of its errors have no mark
      Position at =
          new Position(file, chunk.firstLine() + reader.getLine(), reader.getColumn() + 1);
      String message = "not valid YAML: " + Printable.cut(String.valueOf(e.getMessage()), 200);
      return new Composed(roots, false, List.of(problem(message, at, "", List.of())));
    }
  }

  /// Where the trouble was noticed, or where what is missing at the end began.
  private static Mark mark(MarkedYAMLException e) {
    Mark problem = e.getProblemMark();
    Mark context = e.getContextMark();
    boolean atEnd = problem == null || problem.getPointer() >= problem.getBuffer().length;
    return atEnd && context != null ? context : problem;
  }

  private Position position(Mark mark, int firstLine) {
    return new Position(file, firstLine + mark.getLine(), mark.getColumn() + 1);
  }

  private static Problem problem(
      String message, Position at, String help, List<Problem.Related> related) {
    return new Problem(
        Severity.ERROR, message, Optional.of(at), FieldPath.ROOT, Optional.empty(), help, related);
  }

  /// Ends the reading of a chunk; never leaves this class.
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Problem problem;

    Refused(String message, Position at, String help) {
      super(message, null, false, false);
      this.problem = problem(message, at, help, List.of());
    }
  }

  /// The composing of one document.
  private final class Pass {
    private final Parser parser;
    private final int firstLine;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Optional<Anchored>> anchors = new HashMap<>();
    private int nodes;

    /// A node with a name, and how many nodes it is made of; empty while it is being read.
    private record Anchored(Node node, int nodes) {}

    Pass(Parser parser, int firstLine) {
      this.parser = parser;
      this.firstLine = firstLine;
    }

    Node node(NodeEvent event, int depth) {
      Position at = position(event.getStartMark(), firstLine);
      if (event instanceof AliasEvent alias) {
        return aliased(alias.getAnchor(), at);
      }
      int before = nodes++;
      String anchor = event.getAnchor();
      if (anchor != null) {
        anchors.put(anchor, Optional.empty());
      }
      Node node =
          event instanceof ScalarEvent scalar
              ? scalar(scalar, at)
              : collection((CollectionStartEvent) event, at, depth);
      if (anchor != null) {
        anchors.put(anchor, Optional.of(new Anchored(node, nodes - before)));
      }
      return node;
    }

    private Node aliased(String anchor, Position at) {
      Optional<Anchored> anchored = anchors.get(anchor);
      String name = Printable.quote("*" + anchor);
      if (anchored == null) {
        throw new Refused("alias " + name + " names nothing above it", at, "");
      }
      Anchored target =
          anchored.orElseThrow(() -> new Refused("alias " + name + " contains itself", at, ""));
      nodes = Math.addExact(nodes, target.nodes);
      aliasedNodes += target.nodes;
      if (aliasedNodes > limits.aliasedNodes()) {
        throw new Refused(
            "the aliases of this file stand for more than " + limits.aliasedNodes() + " values",
            at,
            "write the values out");
      }
      return target.node;
    }

    private Node scalar(ScalarEvent event, Position at) {
      refuseTag(event.getTag(), at);
      return new Scalar(at, event.getValue(), event.isPlain());
    }

    private Node collection(CollectionStartEvent event, Position at, int depth) {
      refuseTag(event.getTag(), at);
      if (depth > limits.depth()) {
        throw new Refused("nested more than " + limits.depth() + " levels deep", at, "");
      }
      return event instanceof SequenceStartEvent ? sequence(at, depth) : mapping(at, depth);
    }

    private Node sequence(Position at, int depth) {
      List<Node> items = new ArrayList<>();
      while (parser.getEvent() instanceof NodeEvent item) {
        items.add(node(item, depth + 1));
      }
      return new Sequence(at, items);
    }

    private Node mapping(Position at, int depth) {
      SequencedMap<String, Entry> entries = new LinkedHashMap<>();
      boolean ambiguous = false;
      while (parser.getEvent() instanceof NodeEvent keyEvent) {
        if (!(node(keyEvent, depth + 1) instanceof Scalar key)) {
          throw new Refused(
              "a key must be a plain name", position(keyEvent.getStartMark(), firstLine), "");
        }
        Position keyAt = position(keyEvent.getStartMark(), firstLine);
        Entry entry = new Entry(keyAt, node((NodeEvent) parser.getEvent(), depth + 1));
        Entry first = entries.putIfAbsent(key.text(), entry);
        if (first != null) {
          ambiguous = true;
          report(
              problem(
                  "duplicate key " + Printable.quote(key.text()),
                  keyAt,
                  "",
                  List.of(new Problem.Related(first.key(), "first written here"))));
        } else if (key.plain() && key.text().equals("<<")) {
          report(problem("merge keys are not supported", keyAt, "write the fields out", List.of()));
        }
      }
      return new Mapping(at, entries, ambiguous);
    }

    private void report(Problem problem) {
      if (problems.size() < limits.problems()) {
        problems.add(problem);
      }
    }

    private void refuseTag(@Nullable String tag, Position at) {
      if (tag != null) {
        throw new Refused(
            "the tag " + Printable.quote(tag) + " is not supported",
            at,
            "leave it out; quotes make a string");
      }
    }
  }
}
