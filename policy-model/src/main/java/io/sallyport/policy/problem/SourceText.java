package io.sallyport.policy.problem;

import io.sallyport.policy.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The texts that problems are about, looked up only when a problem is printed.
@FunctionalInterface
public interface SourceText {
  /// No texts at hand.
  SourceText NONE = _ -> Optional.empty();

  /// The line of a position, without its end.
  Optional<String> line(Position position);

  /// Texts that are loaded when they are first asked for, and then kept.
  ///
  /// @param load from the name of a file to its bytes, which need not be valid UTF-8
  static SourceText of(Function<String, Optional<byte[]>> load) {
    Map<String, List<String>> lines = new HashMap<>();
    return position -> {
      List<String> text =
          lines.computeIfAbsent(
              position.file(), file -> load.apply(file).map(SourceText::lines).orElse(List.of()));
      int index = position.line() - 1;
      return index >= 0 && index < text.size() ? Optional.of(text.get(index)) : Optional.empty();
    };
  }

  /// Split as positions are counted: at LF, CR LF, or CR.
  private static List<String> lines(byte[] bytes) {
    String decoded = new String(bytes, StandardCharsets.UTF_8);
    String text = decoded.startsWith("\ufeff") ? decoded.substring(1) : decoded;
    List<String> lines = new ArrayList<>();
    text.lines().forEach(lines::add);
    return lines;
  }
}
