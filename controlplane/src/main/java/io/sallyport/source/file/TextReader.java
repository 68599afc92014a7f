package io.sallyport.source.file;

import io.sallyport.policy.read.ReadResult;

/// Reads the documents of one text; `io.sallyport.policy.read.DocumentReader`, where it isn't a
/// test.
@FunctionalInterface
interface TextReader {
  ReadResult read(String file, byte[] text);
}
