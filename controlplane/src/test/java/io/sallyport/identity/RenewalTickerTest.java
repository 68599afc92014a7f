package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The thread that calls the renewals.
class RenewalTickerTest {
  @Test
  void callsEachAgainAndAgainThoughOneFails() throws Exception {
    CountDownLatch failing = new CountDownLatch(3);
    CountDownLatch working = new CountDownLatch(3);
    try (RenewalTicker _ =
        new RenewalTicker(
            Duration.ofMillis(1),
            List.of(
                () -> {
                  failing.countDown();
                  throw new IllegalStateException("on purpose");
                },
                working::countDown))) {
      assertThat(failing.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(working.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
