package io.sallyport.reconcile;

/// Makes what a stranger sent fit for a message: printable ASCII, and not long.
final class Quoted {
  private static final int MOST_CHARACTERS = 80;

  private Quoted() {}

  static String of(String text) {
    boolean cut = text.length() > MOST_CHARACTERS;
    StringBuilder quoted = new StringBuilder("`");
    text.substring(0, cut ? MOST_CHARACTERS : text.length())
        .chars()
        .forEach(c -> quoted.append(c >= ' ' && c < 127 && c != '`' ? (char) c : '?'));
    return quoted.append(cut ? "...`" : "`").toString();
  }
}
