package io.sallyport.policy.read;

import java.util.ArrayList;
import java.util.List;

/// The part of a text that holds one YAML document, so that a broken document can't hide the ones
/// after it.
///
/// @param firstLine the line of the whole text that the part starts on, counted from 1
record Chunk(int firstLine, String text) {
  /// Cuts before each `---` line and behind each `...` line. Both end a document wherever they
  /// stand, even within a scalar (YAML 1.2.2, 9.1.2 and `c-forbidden`).
  static List<Chunk> split(String text) {
    List<Chunk> chunks = new ArrayList<>();
    int chunkStart = 0;
    int chunkLine = 1;
    boolean onlyPrologue = true;
    int line = 1;
    for (int start = 0; start < text.length(); line++) {
      int end = endOfLine(text, start);
      if (isMarker(text, start, "---")) {
        if (!onlyPrologue) {
          chunks.add(new Chunk(chunkLine, text.substring(chunkStart, start)));
          chunkStart = start;
          chunkLine = line;
        }
        onlyPrologue = false;
      } else if (isMarker(text, start, "...")) {
        chunks.add(new Chunk(chunkLine, text.substring(chunkStart, end)));
        chunkStart = end;
        chunkLine = line + 1;
        onlyPrologue = true;
      } else {
        onlyPrologue = onlyPrologue && isPrologue(text, start, end);
      }
      start = end;
    }
    chunks.add(new Chunk(chunkLine, text.substring(chunkStart)));
    return chunks;
  }

  private static boolean isMarker(String text, int start, String marker) {
    if (!text.startsWith(marker, start)) {
      return false;
    }
    int behind = start + marker.length();
    return behind == text.length() || " \t\r\n".indexOf(text.charAt(behind)) >= 0;
  }

  /// Whether a line is blank, a comment or a directive: what may stand before a document's `---`.
  private static boolean isPrologue(String text, int start, int end) {
    int i = start;
    while (i < end && " \t\r\n".indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return i == end || text.charAt(i) == '#' || i == start && text.charAt(i) == '%';
  }

  private static int endOfLine(String text, int start) {
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        return i + 1;
      } else if (c == '\r') {
        return i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
      }
    }
    return text.length();
  }
}
