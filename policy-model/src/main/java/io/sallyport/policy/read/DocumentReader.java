package io.sallyport.policy.read;

import io.sallyport.policy.read.DocumentBinder.Outcome;
import io.sallyport.policy.read.TreeComposer.Composed;
import io.sallyport.policy.read.TreeComposer.Root;

/// Reads the documents of one text: Kubernetes-shaped YAML (JSON is YAML, too), any number of
/// documents, `List` kinds flattened.
///
/// It never throws for what a user wrote, and takes time and memory linear in the size of the text,
/// whatever is in it.
public final class DocumentReader {
  private final Limits limits;

  public DocumentReader() {
    this(Limits.DEFAULT);
  }

  public DocumentReader(Limits limits) {
    this.limits = limits;
  }

  /// @param file the name under which problems speak of the text
  /// @param text UTF-8, with or without a byte order mark
  public ReadResult read(String file, byte[] text) {
    TextFindings findings = new TextFindings(file, limits.problems());
    if (text.length > limits.textBytes()) {
      findings.unreadable(
          "a file of " + text.length + " bytes",
          1,
          1,
          "expected at most " + limits.textBytes() + "; split it into several files");
      return findings.result();
    }
    switch (Utf8Text.decode(text)) {
      case Utf8Text.Malformed(String message, int line, int column) ->
          findings.unreadable(message, line, column, "");
      case Utf8Text.Decoded(String decoded) -> read(file, decoded, findings);
    }
    return findings.result();
  }

  private void read(String file, String text, TextFindings findings) {
    TreeComposer composer = new TreeComposer(file, limits);
    for (Chunk chunk : Chunk.split(text)) {
      Composed composed = composer.compose(chunk);
      for (Root root : composed.roots()) {
        if (!root.node().isNull()) {
          for (Root document : ListKinds.flatten(root)) {
            Outcome outcome =
                DocumentBinder.bind(document.node(), document.problems(), findings.problemsLeft());
            findings.add(outcome);
          }
        }
      }
      if (!composed.complete()) {
        findings.add(new Outcome.Unnamed(composed.problems()));
      }
    }
  }
}
