package io.sallyport.source.file;

import io.sallyport.policy.FieldPath;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What can be said of files whose text nobody read. Such a problem has no position: there is no
/// line to show, and whoever prints it must not be led to open the file.
final class FileProblems {
  private FileProblems() {}

  static Problem error(String unit, String why) {
    return problem(unit, why, Optional.empty());
  }

  static Problem about(ResourceKey document, String unit, String why) {
    return problem(unit, why, Optional.of(document));
  }

  private static Problem problem(String unit, String why, Optional<ResourceKey> document) {
    return new Problem(
        Severity.ERROR,
        unit + ": " + why,
        Optional.empty(),
        FieldPath.ROOT,
        document,
        "",
        List.of());
  }

  /// Why the file system refused, for people.
  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or directory";
      case NotDirectoryException _ -> "not a directory";
      case FileSystemException refused when refused.getReason() != null ->
          FileNames.shown(refused.getReason().toLowerCase(Locale.ROOT));
      default -> "can't be read: " + FileNames.shown(String.valueOf(e.getMessage()));
    };
  }
}
