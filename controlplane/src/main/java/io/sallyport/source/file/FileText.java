package io.sallyport.source.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// The bytes of a file as they were while its stamp stood still.
///
/// @param digest SHA-256 of the bytes
record FileText(byte[] bytes, String digest) {
  /// Reads a file, at most `limit` bytes of it whatever its stamp says.
  ///
  /// @return empty where the file changed while it was read
  static Optional<FileText> read(Tree.Entry file, long limit) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file.path(), LinkOption.NOFOLLOW_LINKS)) {
      bytes = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
    }
    if (bytes.length != file.stamp().size() || !Stamp.of(file.path()).equals(file.stamp())) {
      return Optional.empty();
    }
    return Optional.of(new FileText(bytes, sha256(bytes)));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
