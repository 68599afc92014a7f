package io.sallyport.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that stands until the test puts it on.
public final class HandClock implements InstantSource {
  private volatile Instant now;

  public HandClock() {
    this(Instant.parse("2030-06-01T12:00:00Z"));
  }

  public HandClock(Instant now) {
    this.now = now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  public void advance(Duration duration) {
    now = now.plus(duration);
  }

  public void set(Instant instant) {
    now = instant;
  }
}
