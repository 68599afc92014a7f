package io.sallyport.e2e.harness;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for what will happen, with a deadline.
public final class Await {
  private static final Duration STEP = Duration.ofMillis(10);

  private Await() {}

  /// Waits until `condition` holds.
  ///
  /// @return how long that took
  /// @throws IllegalStateException naming `what` and what `detail` says when the time is over
  public static Duration until(
      String what, Duration limit, BooleanSupplier condition, Supplier<String> detail) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new IllegalStateException(
            "not within " + limit.toSeconds() + " s: " + what + " (" + detail.get() + ")");
      }
      pause();
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /// Waits until `condition` holds.
  public static Duration until(String what, Duration limit, BooleanSupplier condition) {
    return until(what, limit, condition, () -> "nothing more is known");
  }

  /// Waits until `source` has a value.
  public static <T> T value(String what, Duration limit, Supplier<Optional<T>> source) {
    long start = System.nanoTime();
    while (true) {
      Optional<T> value = source.get();
      if (value.isPresent()) {
        return value.get();
      }
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(STEP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
