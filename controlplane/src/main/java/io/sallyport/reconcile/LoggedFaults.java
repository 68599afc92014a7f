package io.sallyport.reconcile;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs faults with their stack trace, and counts them.
public final class LoggedFaults implements FaultHandler {
  private static final Logger log = LoggerFactory.getLogger(LoggedFaults.class);

  private final AtomicLong count = new AtomicLong();

  @Override
  public void fault(String doing, Throwable thrown) {
    count.incrementAndGet();
    log.error("fault while {}; what was in force stays", doing, thrown);
  }

  /// How many there were.
  public long count() {
    return count.get();
  }
}
