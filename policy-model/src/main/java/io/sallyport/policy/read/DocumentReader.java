package io.sallyport.policy.read;

import java.util.List;

/// Reads the documents of one text.
public final class DocumentReader {
  /// @param file the name under which problems speak of the text
  /// @param text UTF-8, with or without a byte order mark
  public ReadResult read(String file, byte[] text) {
    return new ReadResult(List.of(), List.of(), true);
  }
}
