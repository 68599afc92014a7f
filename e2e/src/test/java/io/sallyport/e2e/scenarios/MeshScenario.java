package io.sallyport.e2e.scenarios;

import io.sallyport.e2e.harness.MeshUnderTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Scenarios that look at processes on this machine, or kill them.
abstract class MeshScenario extends Scenario<MeshUnderTest> {
  @BeforeAll
  void start() {
    mesh = MeshUnderTest.start(meshConfig(), Scenario::progress);
  }

  @AfterAll
  void stop() {
    stopMesh();
  }
}
