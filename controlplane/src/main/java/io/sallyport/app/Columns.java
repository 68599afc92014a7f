package io.sallyport.app;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/// A table for people: columns as wide as their widest cell. Cells hold no control characters.
final class Columns {
  private final List<List<String>> rows = new ArrayList<>();

  Columns(String... headings) {
    rows.add(List.of(headings));
  }

  void row(String... cells) {
    rows.add(java.util.Arrays.stream(cells).map(Columns::harmless).toList());
  }

  /// Something said below the row before, over all columns.
  void note(String text) {
    rows.add(List.of("", "  " + harmless(text)));
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size() && !isNote(row); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      if (isNote(row)) {
        text.append(row.get(1)).append('\n');
        continue;
      }
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 3));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private boolean isNote(List<String> row) {
    return row.size() == 2 && row.getFirst().isEmpty();
  }

  /// What a proxy or a file wrote must not speak to the terminal.
  static String harmless(String cell) {
    return cell.replaceAll("\\p{Cntrl}", "?");
  }

  /// `3m12s`, `2h05m`, `4d`.
  static String words(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return "%dm%02ds".formatted(seconds / 60, seconds % 60);
    }
    return seconds < 86_400
        ? "%dh%02dm".formatted(seconds / 3600, seconds / 60 % 60)
        : seconds / 86_400 + "d";
  }

  /// The time of day here, with the date where it was not today.
  static String time(Instant instant, Instant now) {
    boolean today = Duration.between(instant, now).abs().compareTo(Duration.ofHours(12)) < 0;
    return DateTimeFormatter.ofPattern(today ? "HH:mm:ss" : "yyyy-MM-dd HH:mm")
        .withZone(ZoneId.systemDefault())
        .format(instant);
  }
}
