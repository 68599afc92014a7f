package io.sallyport.policy.read;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// The text behind bytes, if it is nothing but text.
sealed interface Utf8Text {
  /// @param text without its byte order mark
  record Decoded(String text) implements Utf8Text {}

  /// @param line where it stops being text, counted from 1
  /// @param column counted from 1
  record Malformed(String message, int line, int column) implements Utf8Text {}

  static Utf8Text decode(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    boolean malformed = decoder.decode(in, out, true).isError();
    String decoded = out.flip().toString();
    boolean marked = decoded.startsWith("\ufeff");
    String text = marked ? decoded.substring(1) : decoded;
    int bad = firstBad(text);
    if (bad < text.length()) {
      return malformed(describe(text.codePointAt(bad)), text.substring(0, bad));
    }
    if (malformed) {
      String message = String.format("byte 0x%02x is not valid UTF-8", bytes[in.position()]);
      return malformed(message, text);
    }
    return new Decoded(text);
  }

  /// The first character that has no place in a document, or the length.
  private static int firstBad(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control = c < ' ' && c != '\n' && c != '\r' && c != '\t' || c >= 0x7f && c < 0xa0;
      // YAML 1.1 and 1.2 disagree whether U+0085, U+2028 and U+2029 end a line, and so a comment
      boolean line = c == '\u2028' || c == '\u2029';
      boolean bidirectional = c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
      if (control || line || bidirectional || c >= '\ufffe') {
        return i;
      }
    }
    return text.length();
  }

  private static String describe(int codePoint) {
    String what =
        switch (codePoint) {
          case 0x85, 0x2028, 0x2029 -> " ends a line for some programs only";
          default ->
              codePoint > 0x2029 && codePoint < 0x206a
                  ? " changes the order in which the text is shown"
                  : " is a control character";
        };
    return String.format("character U+%04X", codePoint) + what;
  }

  private static Malformed malformed(String message, String before) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < before.length(); i++) {
      char c = before.charAt(i);
      if (c == '\n' || c == '\r' && !before.startsWith("\n", i + 1)) {
        line++;
        lineStart = i + 1;
      }
    }
    return new Malformed(message, line, before.codePointCount(lineStart, before.length()) + 1);
  }
}
