package io.sallyport.e2e.scenarios;

import io.sallyport.e2e.harness.Mesh;
import io.sallyport.e2e.harness.MeshUnderTest;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What the mesh of a scenario is made of.
enum Backend {
  /// Envoys on loopback; a shim with PROXY protocol stands for the interception.
  PROCESS {
    @Override
    Mesh start(String meshConfig, Consumer<String> progress) {
      return MeshUnderTest.start(meshConfig, progress);
    }
  };

  abstract Mesh start(String meshConfig, Consumer<String> progress);

  /// Those that scenarios run on here.
  static Stream<Backend> chosen() {
    return Stream.of(PROCESS);
  }
}
