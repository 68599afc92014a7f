package io.sallyport.policy.read;

import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.read.Node.Entry;
import io.sallyport.policy.read.Node.Mapping;
import io.sallyport.policy.read.Node.Scalar;
import io.sallyport.policy.read.Node.Sequence;
import io.sallyport.policy.read.TreeComposer.Root;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Kubernetes' lists of documents: `kind: List` and `kind: …List` of the kinds we know.
final class ListKinds {
  private ListKinds() {}

  /// The documents of a list, lists within it included; the document itself where it is none.
  static List<Root> flatten(Root root) {
    List<Root> documents = new ArrayList<>();
    flatten(root, documents);
    return documents;
  }

  private static void flatten(Root root, List<Root> documents) {
    if (!(root.node() instanceof Mapping list)
        || list.ambiguous()
        || !(list.entries().get("items") instanceof Entry(_, Sequence(_, List<Node> items)))
        || !isList(text(list, "apiVersion"), text(list, "kind"))) {
      documents.add(root);
      return;
    }
    List<Problem> problems = root.problems();
    int next = 0;
    for (int i = 0; i < items.size(); i++) {
      int first = next;
      while (next < problems.size()
          && (i == items.size() - 1 || !isAtOrBehind(problems.get(next), items.get(i + 1)))) {
        next++;
      }
      Node item = withKind(items.get(i), list);
      flatten(new Root(item, problems.subList(first, next)), documents);
    }
  }

  private static boolean isList(String apiVersion, String kind) {
    return apiVersion.equals("v1") && kind.equals("List")
        || ApiKind.listed(apiVersion, kind).isPresent();
  }

  private static boolean isAtOrBehind(Problem problem, Node node) {
    return problem.position().map(at -> at.compareTo(node.at()) >= 0).orElse(false);
  }

  /// The items of a `…List` need not repeat what they are (Kubernetes' API server leaves it out).
  private static Node withKind(Node item, Mapping list) {
    String listKind = text(list, "kind");
    if (!(item instanceof Mapping mapping)
        || listKind.equals("List")
        || mapping.entries().containsKey("kind")
        || mapping.entries().containsKey("apiVersion")) {
      return item;
    }
    String kind = listKind.substring(0, listKind.length() - "List".length());
    SequencedMap<String, Entry> entries = new LinkedHashMap<>(mapping.entries());
    entries.put("apiVersion", entry(list, "apiVersion", text(list, "apiVersion")));
    entries.put("kind", entry(list, "kind", kind));
    return new Mapping(mapping.at(), entries, mapping.ambiguous());
  }

  private static Entry entry(Mapping list, String field, String text) {
    Entry written = list.entries().get(field);
    return written == null
        ? new Entry(list.at(), new Scalar(list.at(), text, true))
        : new Entry(written.key(), new Scalar(written.value().at(), text, true));
  }

  private static String text(Mapping mapping, String field) {
    return mapping.entries().get(field) instanceof Entry(_, Scalar scalar) ? scalar.text() : "";
  }
}
