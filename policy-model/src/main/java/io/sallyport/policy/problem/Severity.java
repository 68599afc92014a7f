package io.sallyport.policy.problem;

/// How bad a problem is: an error keeps its document (or the field it names) out of force, a
/// warning does not, a note only informs.
public enum Severity {
  ERROR,
  WARNING,
  NOTE
}
