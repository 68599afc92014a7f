package io.sallyport.policy.read;

import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.reader.StreamReader;

/// A text in memory as snakeyaml's scanner wants to see it. The reader it replaces moves its whole
/// window each kilobyte, which takes time quadratic in the longest token; this one never copies.
final class CodePointReader extends StreamReader {
  private static final int BYTE_ORDER_MARK = 0xfeff;

  private final int[] text;
  private int next;
  private int line;
  private int column;
  private int documentStart;

  CodePointReader(String text) {
    super("");
    this.text = text.codePoints().toArray();
  }

  @Override
  public Mark getMark() {
    return new Mark("", next, line, column, text, next);
  }

  @Override
  public void forward() {
    forward(1);
  }

  @Override
  public void forward(int count) {
    for (int end = Math.min(next + count, text.length); next < end; next++) {
      int codePoint = text[next];
      if (codePoint == '\n' || codePoint == '\r' && peek(1) != '\n') {
        line++;
        column = 0;
      } else if (codePoint != BYTE_ORDER_MARK) {
        column++;
      }
    }
  }

  @Override
  public int peek() {
    return peek(0);
  }

  /// The code point so many places on; 0 behind the end.
  @Override
  public int peek(int ahead) {
    return next + ahead < text.length ? text[next + ahead] : 0;
  }

  @Override
  public String prefix(int count) {
    return new String(text, next, Math.min(count, text.length - next));
  }

  @Override
  public String prefixForward(int count) {
    String prefix = prefix(count);
    forward(count);
    return prefix;
  }

  @Override
  public int getColumn() {
    return column;
  }

  @Override
  public int getLine() {
    return line;
  }

  @Override
  public int getIndex() {
    return next;
  }

  @Override
  public int getDocumentIndex() {
    return next - documentStart;
  }

  @Override
  public void resetDocumentIndex() {
    documentStart = next;
  }
}
