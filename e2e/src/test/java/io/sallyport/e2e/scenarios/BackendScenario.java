package io.sallyport.e2e.scenarios;

import io.sallyport.e2e.containers.Backend;
import io.sallyport.e2e.harness.Mesh;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Scenarios that are the same whatever the mesh is made of: the class runs once on every backend
/// that is chosen ([Backend#chosen]), one after the other in the same instance; so what a class
/// keeps of one backend it has to forget before the next.
@ParameterizedClass(name = "{0}")
@MethodSource("io.sallyport.e2e.containers.Backend#chosen")
abstract class BackendScenario extends Scenario<Mesh> {
  @Parameter
  @SuppressWarnings("NullAway.Init")
  Backend backend;

  @BeforeParameterizedClassInvocation
  void start() {
    progress(getClass().getSimpleName() + " on the backend " + backend);
    mesh = backend.start(meshConfig(), Scenario::progress);
  }

  @AfterParameterizedClassInvocation
  void stop() {
    stopMesh();
  }
}
