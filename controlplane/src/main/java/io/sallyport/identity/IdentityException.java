package io.sallyport.identity;

import org.jspecify.annotations.Nullable;

/// Identity material can't be had or must not be used; the message is one sentence for the user.
public final class IdentityException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public IdentityException(String message) {
    this(message, null);
  }

  public IdentityException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
