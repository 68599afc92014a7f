package io.sallyport.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.reconcile.ControlPlaneFixture.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/// Streams come and go, secrets are renewed and the mesh changes, all at once: nothing is stuck,
/// nothing is left behind, and what is connected at the end has the newest.
class ConcurrentAdmissionTest {
  private static final int ROUNDS = 300;

  @Test
  void everythingAtOnce() throws InterruptedException, ExecutionException, TimeoutException {
    ControlPlaneFixture plane = new ControlPlaneFixture();
    plane.apply(Mesh.whole());
    Stream stays = plane.connectSleep();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> tasks = new ArrayList<>();
      for (String node : List.of("sidecar~mytest~sleep", "sidecar~default~nginx")) {
        String account = node.substring(node.lastIndexOf('~') + 1);
        for (int i = 0; i < 3; i++) {
          tasks.add(executor.submit(() -> comeAndGo(plane, node, account)));
        }
      }
      tasks.add(executor.submit(() -> renew(plane)));
      for (int i = 0; i < ROUNDS; i++) {
        plane.apply(Mesh.policy("p", "mytest", "sleep", "host-" + i + ".test"));
      }
      for (Future<?> task : tasks) {
        task.get(60, TimeUnit.SECONDS);
      }
    }

    assertThat(plane.faults).isEmpty();
    assertThat(stays.routes()).contains("host-" + (ROUNDS - 1) + ".test");
    assertThat(plane.registry.targets()).hasSize(1);
    assertThat(plane.secrets.leases()).containsOnlyKeys("mytest/sleep").containsValue(1);
    stays.close();
    assertThat(plane.registry.targets()).isEmpty();
    assertThat(plane.secrets.leases()).isEmpty();
  }

  private static void comeAndGo(ControlPlaneFixture plane, String node, String account) {
    for (int i = 0; i < ROUNDS; i++) {
      try (Stream stream = plane.connect(node, account)) {
        assertThat(stream.snapshot().size()).isPositive();
      }
    }
  }

  private static void renew(ControlPlaneFixture plane) {
    for (int i = 0; i < ROUNDS; i++) {
      plane.secrets.renew("mytest/sleep");
    }
  }
}
