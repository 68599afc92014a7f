package io.sallyport.e2e.containers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The classes that this test runs on, in one directory that any user may read, for containers.
record Program(Path directory) {
  private static final String MOUNTED_AT = "/opt/sallyport";

  /// Copies the class path, but for what only tests need.
  static Program copyTo(Path directory) {
    try {
      Files.createDirectories(directory);
      int number = 0;
      for (String entry : System.getProperty("java.class.path").split(":")) {
        Path from = Path.of(entry);
        if (from.toString().endsWith(".jar") && Files.isRegularFile(from)) {
          Files.copy(from, directory.resolve(from.getFileName()));
        } else if (Files.isDirectory(from)) {
          copyTree(from, directory.resolve("classes-" + number++));
        }
      }
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.toList()) {
          Files.setPosixFilePermissions(
              path,
              PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Program(directory);
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(path, copy);
        }
      }
    }
  }

  com.github.dockerjava.api.model.Bind bind() {
    return Pod.readOnly(directory, MOUNTED_AT);
  }

  /// The command that runs a class of it.
  List<String> java(String mainClass, List<String> arguments) {
    List<String> path = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      entries
          .filter(Files::isDirectory)
          .forEach(entry -> path.add(MOUNTED_AT + "/" + entry.getFileName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    path.add(MOUNTED_AT + "/*");
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "java",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            String.join(":", path),
            mainClass));
    command.addAll(arguments);
    return command;
  }
}
