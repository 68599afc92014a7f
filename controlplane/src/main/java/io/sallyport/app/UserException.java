package io.sallyport.app;

/// Something the user can mend: its message is shown in one line, without a stack trace.
final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UserException(String message) {
    super(message);
  }
}
