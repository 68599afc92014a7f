package io.sallyport.policy.problem;

import java.util.regex.Pattern;

/// The part of a source line that is worth showing, and where the culprit is in it.
///
/// @param line made printable, and cut where it is long
/// @param indent the characters before the culprit
/// @param width the characters of the culprit, one at least
record SourceSnippet(String line, int indent, int width) {
  private static final int WIDEST = 100;
  private static final int BEFORE = 40;
  private static final Pattern BASE64 =
      Pattern.compile(
          "(?=[a-z0-9+/=]*[A-Z])(?=[A-Z0-9+/=]*[a-z])(?=[A-Za-z+/=]*[0-9])[A-Za-z0-9+/=]{40,}");

  /// @param column counted from 1, in code points
  static SourceSnippet of(String line, int column) {
    int length = line.codePointCount(0, line.length());
    int mark = Math.min(column - 1, length);
    int from = length <= WIDEST ? 0 : Math.max(0, Math.min(mark - BEFORE, length - WIDEST));
    int to = Math.min(length, from + WIDEST);
    String window =
        line.substring(line.offsetByCodePoints(0, from), line.offsetByCodePoints(0, to));
    String head = from > 0 ? "…" : "";
    String shown = head + Printable.sameWidth(withoutSecrets(window)) + (to < length ? "…" : "");
    int indent = head.length() + mark - from;
    int width = tokenWidth(window, window.offsetByCodePoints(0, mark - from));
    return new SourceSnippet(shown.stripTrailing(), indent, width);
  }

  /// Long runs of base64 may be keys, and messages travel far.
  private static String withoutSecrets(String text) {
    return BASE64.matcher(text).replaceAll(run -> "*".repeat(run.group().length()));
  }

  /// How far the YAML token at `start` goes: a quoted string, or up to what ends a plain one.
  private static int tokenWidth(String text, int start) {
    int end = start;
    char quote = start < text.length() ? text.charAt(start) : ' ';
    if (quote == '"' || quote == '\'') {
      int closing = text.indexOf(quote, start + 1);
      end = closing < 0 ? text.length() : closing + 1;
    } else {
      while (end < text.length() && !endsToken(text, end)) {
        end++;
      }
    }
    int trimmed = text.substring(start, end).stripTrailing().length();
    return Math.max(1, text.codePointCount(start, start + trimmed));
  }

  private static boolean endsToken(String text, int at) {
    char c = text.charAt(at);
    boolean last = at + 1 == text.length();
    return c == ','
        || c == ']'
        || c == '}'
        || c == ':' && (last || text.charAt(at + 1) == ' ')
        || c == ' ' && !last && text.charAt(at + 1) == '#';
  }
}
