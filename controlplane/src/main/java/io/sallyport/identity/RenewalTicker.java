package io.sallyport.identity;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls what renews certificates, one after the other on one thread, again and again. It asks
/// often and cheaply rather than waiting for a computed time, because the wall clock may be put
/// forward and a machine may sleep.
public final class RenewalTicker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RenewalTicker.class);

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("certificate-renewal").daemon().factory());

  /// @param period between the end of one round and the next; one second suits lifetimes of 60 s
  public RenewalTicker(Duration period, List<Runnable> renewals) {
    for (Runnable renewal : renewals) {
      executor.scheduleWithFixedDelay(
          () -> run(renewal), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static void run(Runnable renewal) {
    try {
      renewal.run();
    } catch (RuntimeException e) {
      log.error("a round of certificate renewal failed", e); // the next round tries again
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
