package io.sallyport.e2e.scenarios;

import io.sallyport.e2e.harness.Answer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// The same request over and over, from two clients at once, until it is closed.
final class ConstantTraffic implements AutoCloseable {
  private final AtomicLong answered = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients;
  private volatile boolean running = true;

  ConstantTraffic(Supplier<Answer> request) {
    clients = List.of(client(request), client(request));
  }

  private Thread client(Supplier<Answer> request) {
    return Thread.ofVirtual()
        .start(() -> {
          while (running) {
            Answer answer = request.get();
            if (answer.status() == 200) {
              answered.incrementAndGet();
            } else if (running) {
              failures.add("after " + answered + " answers: " + answer);
            }
          }
        });
  }

  long answered() {
    return answered.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    running = false;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
