package io.sallyport.app;

import picocli.CommandLine.IVersionProvider;

/// The version that was built.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"sallyport " + current()};
  }

  static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
