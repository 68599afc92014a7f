package io.sallyport.policy;

/// What became of a text that a user wrote for a value: the value, or why it can't be one.
public sealed interface Parsed<T> {
  record Valid<T>(T value) implements Parsed<T> {}

  /// @param message what is wrong, with the offending text; lower case, no final period
  /// @param help what to write instead; empty where the message says all
  record Invalid<T>(String message, String help) implements Parsed<T> {}

  static <T> Parsed<T> valid(T value) {
    return new Valid<>(value);
  }

  static <T> Parsed<T> invalid(String message, String help) {
    return new Invalid<>(message, help);
  }

  static <T> Parsed<T> invalid(String message) {
    return new Invalid<>(message, "");
  }
}
