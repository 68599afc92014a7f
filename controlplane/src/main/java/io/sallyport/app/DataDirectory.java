package io.sallyport.app;

/// Where `serve` keeps its state, and `bootstrap` finds it, when nothing else was said.
final class DataDirectory {
  /// In picocli's notation, which puts the user's home in.
  static final String DEFAULT = "${sys:user.home}/.local/state/sallyport";

  private DataDirectory() {}
}
