package io.sallyport.bootstrap;

import io.sallyport.identity.Pem;
import io.sallyport.identity.PrivateFiles;
import io.sallyport.identity.Svid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// A proxy's certificate, key and trust bundle on disk, replaced together in one step: the three
/// names are links through `..data`, which links to the newest generation and is replaced by one
/// rename, as Kubernetes does it in volumes. Envoy's `watched_directory` sees that rename.
final class CredentialDirectory {
  static final String KEY = "tls.key";
  static final String CERTIFICATE = "tls.crt";
  static final String TRUST_BUNDLE = "ca.crt";
  static final String ENVOY = "envoy.yaml";
  static final String CERTIFICATE_SDS = "sds-certificate.yaml";
  static final String TRUST_SDS = "sds-trust-bundle.yaml";
  private static final String CURRENT = "..data";

  private final Path directory;

  CredentialDirectory(Path directory) {
    this.directory = directory;
  }

  /// Whether it is one already, rather than something of the user's.
  boolean isOne() {
    return Files.isSymbolicLink(directory.resolve(CURRENT));
  }

  /// Replaces key, certificate and trust bundle.
  void replace(Svid svid, String trustBundlePem) throws IOException {
    Path generation =
        directory.resolve(
            ".." + svid.certificate().getSerialNumber().toString(16)); // as unique as a name can be
    Files.createDirectory(
        generation,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    try {
      write(generation.resolve(KEY), Pem.of(svid.key()), PrivateFiles.OWNER_ONLY);
      write(generation.resolve(CERTIFICATE), Pem.of(svid.chain()), PrivateFiles.PUBLIC);
      write(generation.resolve(TRUST_BUNDLE), trustBundlePem, PrivateFiles.PUBLIC);
      point(CURRENT, generation.getFileName());
    } catch (IOException | RuntimeException e) {
      PrivateFiles.delete(generation);
      throw e;
    }
    for (String name : new String[] {KEY, CERTIFICATE, TRUST_BUNDLE}) {
      if (!Files.isSymbolicLink(directory.resolve(name))) {
        point(name, Path.of(CURRENT, name));
      }
    }
    removeAllBut(generation);
  }

  /// Replaces one of the files that are not part of a generation.
  void replace(String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    PrivateFiles.replace(directory.resolve(name), bytes, PrivateFiles.PUBLIC, true);
  }

  private static void write(Path file, String content, String permissions) throws IOException {
    PrivateFiles.create(file, content.getBytes(StandardCharsets.US_ASCII), permissions, true);
  }

  private void point(String name, Path target) throws IOException {
    Path fresh = directory.resolve("." + name + ".new");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, target);
    Files.move(
        fresh,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void removeAllBut(Path generation) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "..[0-9a-f]*")) {
      for (Path entry : entries) {
        if (!entry.equals(generation) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          PrivateFiles.delete(entry);
        }
      }
    }
  }
}
