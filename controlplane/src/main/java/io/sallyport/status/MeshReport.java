package io.sallyport.status;

import java.time.Instant;
import java.util.List;

/// What is in force.
///
/// @param at when this was so, by the control plane's clock
/// @param policies by kind, namespace and name
/// @param problems all of them, those of the policies too
public record MeshReport(Instant at, List<PolicyStatus> policies, List<ProblemStatus> problems) {
  public MeshReport {
    policies = List.copyOf(policies);
    problems = List.copyOf(problems);
  }
}
