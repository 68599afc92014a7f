package io.sallyport.identity;

import io.sallyport.policy.problem.Printable;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// Why what a document names for TLS to outside hosts is of no use.
///
/// @param missing the file that is not there, where that is why
/// @param message says what is wrong, without a period, fit for a screen and not long
public record Complaint(Optional<Path> missing, String message) {
  private static final int LONGEST = 300;

  public Complaint {
    message = Printable.cut(message, LONGEST);
  }

  static Complaint of(Exception e) {
    return switch (e) {
      case NoSuchFileException gone ->
          new Complaint(
              Optional.of(Path.of(gone.getFile())), "'" + gone.getFile() + "' is not there");
      case AccessDeniedException denied ->
          of("'" + denied.getFile() + "' may not be read by the control plane");
      default -> of(String.valueOf(e.getMessage()));
    };
  }

  static Complaint of(String message) {
    return new Complaint(Optional.empty(), message);
  }

  @Override
  public String toString() {
    return message;
  }
}
