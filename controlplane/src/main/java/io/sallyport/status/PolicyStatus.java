package io.sallyport.status;

import io.sallyport.mesh.DocumentState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One policy, and whether the proxies that it concerns enforce it: those that have resources made
/// from it, or are to have them.
///
/// @param place `file:line:column` of the form in force; empty where there is none
/// @param form in which form it is in force, if the proxies follow
/// @param formSince when that form came in; empty where there is none
/// @param proxies how many connected proxies it concerns
/// @param synced how many of these have acknowledged it as it is
/// @param since when the last of them did
/// @param changeToAckMillis how long that took, from the change that was the cause; empty where the
///   cause was no change, but a proxy that connected
/// @param refusedBy the proxies that refuse a resource made from it
/// @param problems what keeps it, or its newest form, out of force, and what is odd about it
public record PolicyStatus(
    String kind,
    String namespace,
    String name,
    Optional<String> place,
    State state,
    DocumentState.Form form,
    Optional<Instant> formSince,
    int proxies,
    int synced,
    Optional<Instant> since,
    Optional<Long> changeToAckMillis,
    List<String> refusedBy,
    List<ProblemStatus> problems) {
  public PolicyStatus {
    refusedBy = List.copyOf(refusedBy);
    problems = List.copyOf(problems);
  }

  /// The first that applies.
  public enum State {
    /// It is deleted, but some proxy still has resources made from it.
    WITHDRAWING,
    /// A proxy refuses a resource made from it.
    REFUSED,
    /// Its newest form has an error; `form` says what is in force instead.
    INVALID,
    /// No connected proxy is concerned.
    NO_PROXY,
    /// Some of the proxies have not acknowledged it yet.
    PENDING,
    /// All of the proxies have acknowledged it.
    IN_FORCE
  }
}
