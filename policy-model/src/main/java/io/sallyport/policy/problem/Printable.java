package io.sallyport.policy.problem;

/// Text that strangers wrote, made fit for a terminal, a log line and a status: no control
/// character, nothing that moves the cursor, changes the writing direction or can't be seen.
public final class Printable {
  private static final int QUOTED_CODE_POINTS = 60;

  private Printable() {}

  /// The text in backticks, escaped as by [#text], and cut after 60 characters.
  public static String quote(String text) {
    return "`" + cut(text, QUOTED_CODE_POINTS) + "`";
  }

  /// The text with each harmful character written as `\x1b` or `\u202e`.
  public static String text(String text) {
    return cut(text, Integer.MAX_VALUE);
  }

  /// At most so many characters of the text, escaped as by [#text]; `…` stands for the rest.
  public static String cut(String text, int codePoints) {
    StringBuilder out = new StringBuilder();
    int count = 0;
    for (int i = 0; i < text.length(); count++) {
      if (count == codePoints) {
        return out.append('…').toString();
      }
      int codePoint = text.codePointAt(i);
      if (isHarmless(codePoint)) {
        out.appendCodePoint(codePoint);
      } else {
        out.append(String.format(codePoint < 0x100 ? "\\x%02x" : "\\u%04x", codePoint));
      }
      i += Character.charCount(codePoint);
    }
    return out.toString();
  }

  /// The text with one `�` for each harmful character and one space for each tab, so that columns
  /// stay where they were.
  public static String sameWidth(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(codePoint ->
            out.appendCodePoint(
                codePoint == '\t' ? ' ' : isHarmless(codePoint) ? codePoint : 0xfffd));
    return out.toString();
  }

  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
