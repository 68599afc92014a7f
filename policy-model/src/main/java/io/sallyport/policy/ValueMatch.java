package io.sallyport.policy;

/// How one value of an [AuthorizationPolicy]'s condition is compared.
public sealed interface ValueMatch {
  record Exact(String text) implements ValueMatch {}

  /// Written `text*`.
  record Prefix(String text) implements ValueMatch {}

  /// Written `*text`.
  record Suffix(String text) implements ValueMatch {}

  /// Written `*`: anything, but not nothing.
  record Present() implements ValueMatch {}

  /// Text with `*` anywhere in it, each for any number of characters; for namespaces.
  record Glob(String text) implements ValueMatch {}

  /// A path in which `{*}` stands for one segment and `{**}`, last, for any number.
  record PathTemplate(String text) implements ValueMatch {}

  /// The addresses of a CIDR block; a single address is one of full length.
  record AddressRange(String address, int prefixLength) implements ValueMatch {}

  record Port(int number) implements ValueMatch {}

  /// A service account of one namespace.
  record Account(String namespace, String name) implements ValueMatch {}
}
