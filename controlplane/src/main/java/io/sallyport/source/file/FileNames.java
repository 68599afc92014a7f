package io.sallyport.source.file;

import java.nio.file.Path;
import java.util.Locale;

/// Which names are documents, which are nobody's business, and how a name is shown.
final class FileNames {
  private FileNames() {}

  /// Whether files of that name are read: `.yaml`, `.yml` and `.json`, in any case, for a file that
  /// somebody thinks is in force must not be passed over silently.
  static boolean isDocument(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json");
  }

  /// Whether an entry is passed over, with all below it: hidden ones (`.git`, `..data`, editors'
  /// `.x.yaml.swp` and `.#x.yaml`), backups (`x.yaml~`), and `lost+found`, which no one may read.
  static boolean isIgnored(String name) {
    return name.startsWith(".") || name.endsWith("~") || name.equals("lost+found");
  }

  static String nameOf(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  /// A path as a message may print it: whoever names a file must not be able to write lines of a
  /// log or to steer a terminal.
  static String shown(String path) {
    StringBuilder shown = new StringBuilder(path.length());
    path.codePoints()
        .forEach(c -> {
          if (isPrintable(c)) {
            shown.appendCodePoint(c);
          } else {
            shown.append(String.format("\\u%04x", c));
          }
        });
    return shown.toString();
  }

  private static boolean isPrintable(int codePoint) {
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
