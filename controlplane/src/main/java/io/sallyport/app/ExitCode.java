package io.sallyport.app;

/// What a command ends with.
final class ExitCode {
  /// All is well.
  static final int OK = 0;

  /// The command did its work and found something wrong.
  static final int FINDINGS = 1;

  /// The command could not do its work as it was called.
  static final int USAGE = 2;

  private ExitCode() {}
}
