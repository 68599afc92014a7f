package io.sallyport.identity;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The authority's files: `DATA/ca/root.pem` and `DATA/ca/issuing.pem`, each a certificate with its
/// key, and `DATA/ca/root.crt`, the trust bundle for people. The directory appears whole, by one
/// rename, and each later change is one rename too, so reading needs no lock; writers exclude each
/// other with a lock on `DATA/.lock`.
final class AuthorityDirectory {
  private static final String ROOT = "root.pem";
  private static final String ISSUING = "issuing.pem";
  private static final String UNFINISHED = ".ca.";

  /// File locks belong to the whole JVM, so its threads need one among themselves.
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private final Path data;
  private final Path directory;

  AuthorityDirectory(Path data) {
    this.data = data.toAbsolutePath().normalize();
    this.directory = this.data.resolve("ca");
  }

  record Keys(CertifiedKey root, CertifiedKey issuing) {}

  Path directory() {
    return directory;
  }

  /// What the directory holds; empty where there is none.
  ///
  /// @throws IdentityException when it is there but incomplete, damaged or open to others
  Optional<Keys> read() {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      requireNotWritableByOthers(data);
      requireNotWritableByOthers(directory);
    } catch (IOException e) {
      throw failed("can't read " + directory, e);
    }
    CertifiedKey root = read(ROOT);
    CertifiedKey issuing = read(ISSUING);
    try {
      root.certificate().verify(root.certificate().getPublicKey());
      issuing.certificate().verify(root.certificate().getPublicKey());
    } catch (GeneralSecurityException e) {
      throw damaged(directory, "its certificates don't belong together", e);
    }
    return Optional.of(new Keys(root, issuing));
  }

  /// What the directory holds, or else what `made` gives, which is then kept. Of two processes that
  /// come at once, one makes and both get the same.
  Keys readOrCreate(Supplier<Keys> made) {
    return read().orElseGet(() -> locked(() -> read().orElseGet(() -> create(made.get()))));
  }

  /// Replaces the issuing certificate, unless another process has replaced it meanwhile.
  ///
  /// @return what is in the directory then
  Keys replaceIssuing(Keys old, Supplier<CertifiedKey> made) {
    return locked(() -> {
      Keys now = read().orElse(old);
      if (!now.issuing().certificate().equals(old.issuing().certificate())) {
        return now;
      }
      CertifiedKey issuing = made.get();
      try {
        PrivateFiles.replace(
            directory.resolve(ISSUING), issuing.pem(), PrivateFiles.OWNER_ONLY, true);
      } catch (IOException e) {
        throw failed("can't write " + directory.resolve(ISSUING), e);
      }
      return new Keys(old.root(), issuing);
    });
  }

  private Keys create(Keys keys) {
    try {
      removeUnfinished();
      Path unfinished = data.resolve(UNFINISHED + PrivateFiles.unique());
      PrivateFiles.createDirectory(unfinished);
      byte[] bundle = Pem.of(keys.root().chain()).getBytes(StandardCharsets.US_ASCII);
      PrivateFiles.create(
          unfinished.resolve(ROOT), keys.root().pem(), PrivateFiles.OWNER_ONLY, true);
      PrivateFiles.create(
          unfinished.resolve(ISSUING), keys.issuing().pem(), PrivateFiles.OWNER_ONLY, true);
      PrivateFiles.create(unfinished.resolve("root.crt"), bundle, PrivateFiles.PUBLIC, true);
      PrivateFiles.sync(unfinished);
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
      PrivateFiles.sync(data);
      return keys;
    } catch (IOException e) {
      throw failed("can't create the certificate authority in " + directory, e);
    }
  }

  /// Clears away what a process left that was killed while it created.
  private void removeUnfinished() throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(data, UNFINISHED + "*")) {
      for (Path leftover : leftovers) {
        PrivateFiles.delete(leftover);
      }
    }
  }

  private Keys locked(Supplier<Keys> action) {
    IN_THIS_PROCESS.lock();
    try {
      PrivateFiles.createDirectory(data);
      requireNotWritableByOthers(data);
      var owner = PosixFilePermissions.fromString(PrivateFiles.OWNER_ONLY);
      try (FileChannel channel =
              FileChannel.open(
                  data.resolve(".lock"),
                  Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                  PosixFilePermissions.asFileAttribute(owner));
          FileLock _ = channel.lock()) {
        return action.get();
      }
    } catch (IOException e) {
      throw failed("can't write in " + data, e);
    } finally {
      IN_THIS_PROCESS.unlock();
    }
  }

  private CertifiedKey read(String name) {
    Path file = directory.resolve(name);
    CertifiedKey pair;
    try {
      PrivateFiles.requireOwnerOnly(file);
      pair = Pem.parse(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw damaged(file, "it is missing", e);
    } catch (IOException e) {
      throw failed("can't read " + file, e);
    } catch (GeneralSecurityException e) {
      throw damaged(file, String.valueOf(e.getMessage()), e);
    }
    if (pair.chain().size() != 1 || pair.certificate().getBasicConstraints() < 0) {
      throw damaged(file, "expected one certificate of an authority", null);
    }
    if (!pair.belongTogether()) {
      throw damaged(file, "the key is not the certificate's", null);
    }
    return pair;
  }

  private static void requireNotWritableByOthers(Path directory) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
    if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IdentityException(
          directory
              + " holds keys and everyone may write in it ("
              + PosixFilePermissions.toString(permissions)
              + "), expected rwx------: run 'chmod 700 "
              + directory
              + "'");
    }
  }

  private static IdentityException failed(String what, IOException e) {
    return new IdentityException(
        what + ": " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
  }

  private static IdentityException damaged(Path file, String why, @Nullable Exception cause) {
    return new IdentityException(
        file
            + " is damaged ("
            + why
            + "): restore it from a backup; a new authority is made only where 'ca' is missing, and"
            + " then every proxy needs a new bootstrap",
        cause);
  }
}
