package io.sallyport.source.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/// What the file system says of a path without opening it. As long as the stamp of a file is the
/// same, so is its content.
///
/// @param device the file system it is on; 0 where the platform doesn't say
/// @param key what makes a file another one under the same name, as after a rename
/// @param changed the time of the last change of content or attributes (`ctime`), which nobody can
///   set back; where the platform has none, the time of the last modification
record Stamp(Type type, long device, String key, long size, FileTime modified, FileTime changed) {
  enum Type {
    FILE,
    DIRECTORY,
    LINK,
    /// a pipe, a socket, a device: never opened, since opening alone can block or act
    SPECIAL
  }

  /// The stamp of `path` itself: a link is not followed.
  static Stamp of(Path path) throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      BasicFileAttributes basic =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      FileTime modified = basic.lastModifiedTime();
      String key = String.valueOf(basic.fileKey());
      return new Stamp(type(basic), 0, key, basic.size(), modified, modified);
    }
    Map<String, Object> unix =
        Files.readAttributes(
            path, "unix:mode,dev,ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
    long device = attribute(unix, "dev", Long.class);
    return new Stamp(
        type(attribute(unix, "mode", Integer.class)),
        device,
        device + ":" + attribute(unix, "ino", Long.class),
        attribute(unix, "size", Long.class),
        attribute(unix, "lastModifiedTime", FileTime.class),
        attribute(unix, "ctime", FileTime.class));
  }

  private static <T> T attribute(Map<String, Object> attributes, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(attributes.get(name), name));
  }

  private static Type type(BasicFileAttributes basic) {
    if (basic.isRegularFile()) {
      return Type.FILE;
    }
    if (basic.isDirectory()) {
      return Type.DIRECTORY;
    }
    return basic.isSymbolicLink() ? Type.LINK : Type.SPECIAL;
  }

  /// From the file type bits of `st_mode` (POSIX `sys/stat.h`).
  private static Type type(int mode) {
    return switch (mode & 0170000) {
      case 0100000 -> Type.FILE;
      case 0040000 -> Type.DIRECTORY;
      case 0120000 -> Type.LINK;
      default -> Type.SPECIAL;
    };
  }
}
