package io.sallyport.e2e.containers;

import io.sallyport.e2e.harness.Mesh;
import io.sallyport.e2e.harness.MeshUnderTest;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What the mesh of a scenario is made of.
public enum Backend {
  /// Envoys on loopback; a shim with PROXY protocol stands for the interception.
  PROCESS {
    @Override
    public Mesh start(String meshConfig, Consumer<String> progress) {
      return MeshUnderTest.start(meshConfig, progress);
    }
  },
  /// Containers, intercepted by iptables.
  DOCKER {
    @Override
    public Mesh start(String meshConfig, Consumer<String> progress) {
      return ContainerMesh.start(meshConfig, progress);
    }
  };

  private static final List<Backend> CHOSEN = choose(System.getProperty("e2e.backend", ""));

  /// Starts a mesh of it.
  public abstract Mesh start(String meshConfig, Consumer<String> progress);

  /// Those that scenarios run on here: what `-De2e.backend=process|docker|both` says; without it,
  /// processes, and containers too where an engine can run them.
  public static List<Backend> chosen() {
    return CHOSEN;
  }

  /// Whether containers are among them.
  static boolean withContainers() {
    return CHOSEN.contains(DOCKER);
  }

  private static List<Backend> choose(String wanted) {
    List<Backend> chosen =
        switch (wanted) {
          case "process" -> List.of(PROCESS);
          case "docker" -> requireEngine(List.of(DOCKER));
          case "both" -> requireEngine(List.of(PROCESS, DOCKER));
          case "" -> available();
          default ->
              throw new IllegalArgumentException(
                  "-De2e.backend=" + wanted + " is none of process, docker, both");
        };
    System.out.println("e2e backends: " + chosen);
    return chosen;
  }

  private static List<Backend> requireEngine(List<Backend> backends) {
    Engine.missing()
        .ifPresent(why -> {
          throw new IllegalStateException("-De2e.backend asks for containers, but: " + why);
        });
    return backends;
  }

  private static List<Backend> available() {
    Optional<String> missing = Engine.missing();
    missing.ifPresent(why -> System.out.println("e2e without containers: " + why));
    return missing.isEmpty() ? List.of(PROCESS, DOCKER) : List.of(PROCESS);
  }
}
