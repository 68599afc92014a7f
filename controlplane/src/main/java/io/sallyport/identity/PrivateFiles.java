package io.sallyport.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;

/// Files on a POSIX file system that appear whole or not at all, and are from their first byte on
/// readable by no one but whom they are for.
public final class PrivateFiles {
  /// Read and write for the owner, nothing for others.
  public static final String OWNER_ONLY = "rw-------";

  /// For what everyone may know.
  public static final String PUBLIC = "rw-r--r--";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private PrivateFiles() {}

  /// Makes the directory, and those above it, for the owner only; one that is there stays as it is.
  public static void createDirectory(Path directory) throws IOException {
    Path target = directory.toAbsolutePath();
    if (!Files.isDirectory(target)) {
      Files.createDirectories(
          target,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /// Puts `content` in place of what the file held, in one step.
  ///
  /// @param durable whether it must also outlive a power cut, which costs a few milliseconds
  public static void replace(Path file, byte[] content, String permissions, boolean durable)
      throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a root");
    Path temporary = directory.resolve("." + file.getFileName() + "." + unique());
    try {
      create(temporary, content, permissions, durable);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    if (durable) {
      sync(directory);
    }
  }

  /// Makes a file that must not be there yet.
  public static void create(Path file, byte[] content, String permissions, boolean durable)
      throws IOException {
    var mode = PosixFilePermissions.fromString(permissions);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(mode))) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (durable) {
        channel.force(true);
      }
    }
    Files.setPosixFilePermissions(file, mode); // whatever the umask took away
  }

  /// Makes what happened to the names in a directory outlive a power cut.
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// @throws IdentityException when anyone but the owner has any right to the file
  static void requireOwnerOnly(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      throw new IdentityException(
          file
              + " holds a key and others have rights to it ("
              + PosixFilePermissions.toString(permissions)
              + "), expected rw-------: whoever could read it may have copied the key; run"
              + " 'chmod 600 "
              + file
              + "' if nobody did");
    }
  }

  /// A name part that no other file has.
  static String unique() {
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Deletes a file or a tree, following no link; one that is not there is fine.
  public static void delete(Path tree) throws IOException {
    try {
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            @SuppressWarnings("NullAway") // the JDK passes null when nothing failed
            public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      // gone already
    }
  }
}
