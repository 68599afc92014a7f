package io.sallyport.policy.read;

import java.util.ArrayList;
import java.util.List;

/// The part of a text that holds one YAML document, so that a broken document can't hide the ones
/// after it.
///
/// @param firstLine the line of the whole text that the part starts on, counted from 1
record Chunk(int firstLine, String text) {
  /// Cuts before each `---` line and behind each `...` line, and leaves out parts without content.
  /// Both lines end a document wherever they stand, even within a scalar (YAML 1.2.2, 9.1.2 and
  /// `c-forbidden`).
  static List<Chunk> split(String text) {
    List<Chunk> chunks = new ArrayList<>();
    int chunkStart = 0;
    int chunkLine = 1;
    boolean started = false;
    boolean content = false;
    int line = 1;
    for (int start = 0; start < text.length(); line++) {
      int end = endOfLine(text, start);
      boolean ended = isMarker(text, start, "...");
      boolean marker = isMarker(text, start, "---");
      if (ended || marker && (started || content)) {
        if (content) {
          chunks.add(new Chunk(chunkLine, text.substring(chunkStart, ended ? end : start)));
        }
        chunkStart = ended ? end : start;
        chunkLine = ended ? line + 1 : line;
        content = false;
      }
      started = marker || started && !ended;
      content |= !ended && hasContent(text, marker ? start + 3 : start, end);
      start = end;
    }
    if (content) {
      chunks.add(new Chunk(chunkLine, text.substring(chunkStart)));
    }
    return chunks;
  }

  private static boolean isMarker(String text, int start, String marker) {
    if (!text.startsWith(marker, start)) {
      return false;
    }
    int behind = start + marker.length();
    return behind == text.length() || " \t\r\n".indexOf(text.charAt(behind)) >= 0;
  }

  /// Whether a line is more than blanks, a comment or a directive: more than what may stand before
  /// a document's `---`.
  private static boolean hasContent(String text, int start, int end) {
    int i = start;
    while (i < end && " \t\r\n".indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return i < end && text.charAt(i) != '#' && (i > start || text.charAt(i) != '%');
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
