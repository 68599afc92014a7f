package io.sallyport.e2e.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The `sallyport` command as a process of its own, from the classes that this process runs on.
public final class Sallyport {
  private Sallyport() {}

  /// Starts a command.
  public static ChildProcess start(String name, Path log, String... arguments) {
    return start(name, log, List.of(), arguments);
  }

  /// Starts a command with further options for its JVM.
  public static ChildProcess start(
      String name, Path log, List<String> jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.sallyport.app.Main"));
    command.addAll(List.of(arguments));
    return new ChildProcess(name, command, log);
  }
}
