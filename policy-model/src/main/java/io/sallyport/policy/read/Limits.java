package io.sallyport.policy.read;

/// What one text may cost. Real documents stay far below each of these.
///
/// @param textBytes the size of a text
/// @param depth maps and lists within one another
/// @param aliasedNodes the values that all aliases of a text stand for, together
/// @param problems the problems that are kept of a text; a document keeps at least its first
public record Limits(int textBytes, int depth, int aliasedNodes, int problems) {
  public static final Limits DEFAULT = new Limits(1 << 20, 100, 10_000, 1_000);

  public Limits withTextBytes(int textBytes) {
    return new Limits(textBytes, depth, aliasedNodes, problems);
  }
}
