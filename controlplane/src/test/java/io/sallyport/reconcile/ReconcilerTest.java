package io.sallyport.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.mesh.Change;
import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.mesh.Linked;
import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.reconcile.ControlPlaneFixture.Stream;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.Snapshot;
import io.sallyport.snapshot.SnapshotFeed;
import io.sallyport.snapshot.VersionedResource;
import io.sallyport.xds.Admission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
  private static final EgressTrafficPolicy POLICY =
      Mesh.policy("p", "mytest", "sleep", "httpbin.org");

  private final ControlPlaneFixture plane = new ControlPlaneFixture();
  private boolean faultsExpected;

  @AfterEach
  void noFaults() {
    if (!faultsExpected) {
      assertThat(plane.faults).isEmpty();
    }
  }

  @Test
  void nothingIsPublishedBeforeEverySourceWasRead() {
    ControlPlaneFixture two = new ControlPlaneFixture(List.of(Mesh.SOURCE, "kube"));
    assertThat(two.reconciler.waitingFor()).containsExactly(Mesh.SOURCE, "kube");
    two.apply(Mesh.whole(POLICY));

    assertThat(two.reconciler.waitingFor()).containsExactly("kube");
    assertThat(two.linked).isEmpty();
    assertThat(two.admit("sidecar~mytest~sleep", "sleep")).isInstanceOf(Admission.NotReady.class);

    two.now.set(Instant.ofEpochMilli(7));
    two.apply(List.of(new Change.Resync("kube")));
    assertThat(two.reconciler.waitingFor()).isEmpty();
    assertThat(two.linked).hasSize(1);
    assertThat(two.connectSleep().routes()).contains("httpbin.org");
  }

  @Test
  void aChangeReachesExactlyTheProxiesWhoseViewItChanges() {
    plane.apply(Mesh.whole(Mesh.policy("other", "mytest", "sleep", "other.org")));
    Stream sleep = plane.connectSleep();
    Stream nginx = plane.connect("sidecar~default~nginx", "nginx");
    Stream gateway = plane.connect("egress-gateway~istio-egress~gw-0", "gw");
    Snapshot nginxBefore = nginx.snapshot();
    VersionedResource constant = sleep.snapshot().of(ResourceType.CLUSTER).get("constant");
    plane.compiled.clear();
    plane.assigned.clear();
    plane.now.set(Instant.ofEpochMilli(42));

    plane.apply(POLICY);

    assertThat(sleep.routes()).contains("httpbin.org");
    assertThat(gateway.routes()).contains("httpbin.org", "ns/mytest/sa/sleep");
    assertThat(nginx.snapshot()).isSameAs(nginxBefore);
    assertThat(List.of(sleep.changes, gateway.changes, nginx.changes)).containsExactly(1, 1, 0);
    assertThat(sleep.snapshot().of(ResourceType.CLUSTER).get("constant"))
        .as("what did not change is the same object")
        .isSameAs(constant);
    assertThat(plane.compiled).hasSize(2);
    assertThat(plane.assigned)
        .containsExactlyInAnyOrder(
            "sidecar/mytest/sleep@42", "egress-gateway/istio-egress/gw-0@42");

    plane.delete(POLICY);
    assertThat(sleep.routes()).doesNotContain("httpbin.org");
  }

  @Test
  void aDocumentThatSaysTheSameCompilesNothing() {
    plane.apply(Mesh.whole(POLICY));
    Stream sleep = plane.connectSleep();
    Snapshot before = sleep.snapshot();
    plane.compiled.clear();

    plane.apply(POLICY);
    plane.apply(Mesh.sidecar("mytest", "unrelated"));
    plane.apply(List.of(Mesh.resync()));

    assertThat(plane.compiled).isEmpty();
    assertThat(sleep.snapshot()).isSameAs(before);
    assertThat(sleep.changes).isZero();
  }

  @Test
  void proxiesOfOneScopeShareOneCompilation() {
    plane.apply(Mesh.whole(POLICY));
    plane.apply(Mesh.workload("mytest", "sleep-2", "127.0.1.9", "sleep", Map.of("app", "sleep")));
    Stream one = plane.connectSleep();
    Stream two = plane.connect("sidecar~mytest~sleep-2", "sleep");

    assertThat(plane.compiled).hasSize(1);
    assertThat(plane.registry.targets()).hasSize(1);
    assertThat(one.snapshot()).isEqualTo(two.snapshot());
  }

  @Test
  void endpointsAreCompiledOncePerServiceAndTravelAlone() {
    plane.apply(Mesh.whole(POLICY, Mesh.policy("q", "default", "nginx", "httpbin.org")));
    Stream sleep = plane.connectSleep();
    Stream nginx = plane.connect("sidecar~default~nginx", "nginx");
    assertThat(plane.compiledEndpoints).hasSize(1);
    plane.compiled.clear();

    plane.apply(Mesh.proxy("gw-1", "127.0.2.2"));

    assertThat(plane.compiled).isEmpty();
    assertThat(plane.compiledEndpoints).hasSize(2);
    assertThat(sleep.text(ResourceType.ENDPOINT, "gw")).contains("127.0.2.1", "127.0.2.2");
    assertThat(nginx.snapshot().of(ResourceType.ENDPOINT).get("gw"))
        .isSameAs(sleep.snapshot().of(ResourceType.ENDPOINT).get("gw"));
  }

  @Test
  void aProxyFollowsItsWorkloadsLabelsAndAccount() {
    plane.apply(Mesh.whole(POLICY));
    Stream sleep = plane.connect("sidecar~mytest~sleep", "sleep", Optional.of("sleep"));
    assertThat(sleep.text(ResourceType.SECRET, "default")).contains("mytest/sleep#0");

    plane.apply(Mesh.workload("mytest", "sleep", "127.0.1.1", "other", Map.of("app", "awake")));

    assertThat(sleep.routes()).doesNotContain("httpbin.org");
    assertThat(sleep.text(ResourceType.SECRET, "default")).contains("mytest/other#0");
    assertThat(plane.secrets.leases()).containsOnlyKeys("mytest/other");
    assertThat(plane.registry.targets()).hasSize(1);
  }

  @Test
  void aCertificateThatProvesOnlyAnAccountDoesNotFollowToAnother() {
    plane.apply(Mesh.whole(POLICY));
    Stream sleep = plane.connectSleep();

    plane.apply(Mesh.workload("mytest", "sleep", "127.0.1.1", "other", Map.of("app", "sleep")));

    assertThat(sleep.routes()).doesNotContain("httpbin.org");
    assertThat(sleep.text(ResourceType.SECRET, "default")).contains("mytest/sleep#0");
    assertThat(plane.secrets.leases()).isEmpty();
  }

  @Test
  void renewedSecretsReachTheirIdentityOnly() {
    plane.apply(Mesh.whole(POLICY));
    Stream sleep = plane.connectSleep();
    Stream nginx = plane.connect("sidecar~default~nginx", "nginx");

    plane.secrets.renew("mytest/sleep");

    assertThat(sleep.text(ResourceType.SECRET, "default")).contains("mytest/sleep#1");
    assertThat(sleep.changes).isEqualTo(1);
    assertThat(nginx.changes).isZero();
  }

  @Test
  void aProxyWhoseWorkloadIsGoneLosesEveryRouteAndTheRenewalOfItsSecrets() {
    plane.apply(Mesh.whole(POLICY));
    plane.apply(Mesh.workload("mytest", "sleep-2", "127.0.1.9", "sleep", Map.of("app", "sleep")));
    Stream sleep = plane.connectSleep();
    Stream twin = plane.connect("sidecar~mytest~sleep-2", "sleep");

    plane.delete(Mesh.sidecar("mytest", "sleep"));
    assertThat(sleep.routes()).doesNotContain("httpbin.org");
    assertThat(twin.routes()).contains("httpbin.org");
    assertThat(plane.secrets.leases()).isEqualTo(Map.of("mytest/sleep", 1));

    plane.apply(Mesh.sidecar("mytest", "sleep"));
    assertThat(sleep.routes()).contains("httpbin.org");
    assertThat(plane.secrets.leases()).isEqualTo(Map.of("mytest/sleep", 2));
  }

  @Test
  void aWorkloadThatGoesBetweenAdmissionAndFirstSnapshotGetsNoRoute() {
    plane.apply(Mesh.whole(POLICY));
    SnapshotFeed feed = ((Admission.Admitted) plane.admit("sidecar~mytest~sleep", "sleep")).feed();
    assertThatThrownBy(feed::current).isInstanceOf(IllegalStateException.class);

    plane.delete(Mesh.sidecar("mytest", "sleep"));
    SnapshotFeed.Registration registration = feed.onChange(() -> {});

    assertThat(feed.current().of(ResourceType.ROUTE).values())
        .noneMatch(route -> route.body().getValue().toStringUtf8().contains("httpbin.org"));
    assertThat(plane.secrets.leases()).isEmpty();
    registration.close();
    assertThat(plane.registry.targets()).isEmpty();
  }

  @Test
  void whatNobodyUsesIsDropped() {
    plane.apply(Mesh.whole(POLICY));
    Stream one = plane.connectSleep();
    Stream two = plane.connectSleep();
    Stream nginx = plane.connect("sidecar~default~nginx", "nginx");
    assertThat(plane.registry.targets()).hasSize(2);

    one.close();
    one.close();
    assertThat(plane.registry.targets()).hasSize(2);
    two.close();
    assertThat(plane.registry.targets()).hasSize(1);
    nginx.close();
    assertThat(plane.registry.targets()).isEmpty();
    assertThat(plane.secrets.leases()).isEmpty();
    assertThat(plane.registry.snapshots()).isEmpty();
  }

  @Test
  void aCompilerThatFailsForOneScopeLeavesTheOthersAlone() {
    faultsExpected = true;
    plane.apply(Mesh.whole());
    Stream sleep = plane.connectSleep();
    Stream nginx = plane.connect("sidecar~default~nginx", "nginx");
    String before = sleep.routes();
    plane.fails =
        argument -> argument instanceof ScopeView view && view.scope().namespace().equals("mytest");

    plane.apply(POLICY, Mesh.policy("q", "default", "nginx", "nginx.org"));
    assertThat(plane.faults).hasSize(1);
    assertThat(sleep.routes()).isEqualTo(before);
    assertThat(nginx.routes()).contains("nginx.org");

    plane.apply(Mesh.sidecar("mytest", "unrelated"));
    assertThat(plane.faults).as("the same view is not tried again").hasSize(1);

    plane.fails = _ -> false;
    plane.apply(Mesh.policy("p", "mytest", "sleep", "other.org"));
    assertThat(sleep.routes()).contains("other.org");
  }

  @Test
  void aProxyForWhichNothingCanBeCompiledIsAskedToComeBack() {
    faultsExpected = true;
    plane.apply(Mesh.whole(POLICY));
    plane.fails = argument -> argument instanceof ScopeView;

    assertThat(plane.admit("sidecar~mytest~sleep", "sleep")).isInstanceOf(Admission.NotReady.class);
    assertThat(plane.faults).hasSize(1);
  }

  @Test
  void endpointsThatCanNotBeCompiledLeaveTheRestAlone() {
    faultsExpected = true;
    plane.apply(Mesh.whole(POLICY));
    Stream sleep = plane.connectSleep();
    plane.fails = argument -> argument instanceof ServiceEndpoints;

    plane.apply(Mesh.proxy("gw-1", "127.0.2.2"), Mesh.policy("p", "mytest", "sleep", "other.org"));

    assertThat(plane.faults).hasSize(1);
    assertThat(sleep.routes()).contains("other.org");
    assertThat(sleep.text(ResourceType.ENDPOINT, "gw")).contains("127.0.2.1");
  }

  @Test
  void listenersThatThrowDisturbNobody() {
    faultsExpected = true;
    ControlPlaneFixture loud =
        new ControlPlaneFixture(
            new ReconcileEvents() {
              @Override
              public void linked(Linked linked, Instant received, Duration took) {
                throw new IllegalStateException("loud");
              }
            });
    loud.apply(Mesh.whole());
    Stream sleep = loud.connectSleep();
    SnapshotFeed.Registration broken =
        sleep.feed.onChange(() -> {
          throw new AssertionError("a broken stream");
        });

    loud.apply(POLICY);

    broken.close();
    assertThat(loud.faults).hasSize(3);
    assertThat(sleep.changes).isEqualTo(1);
    assertThat(sleep.routes()).contains("httpbin.org");
  }

  @Test
  void secretsThatCanNotBeHadKeepTheProxyOutOfService() {
    faultsExpected = true;
    plane.apply(Mesh.whole(Mesh.workload("mytest", "odd", "127.0.1.3", "broken", Map.of())));

    assertThatThrownBy(() -> plane.connect("sidecar~mytest~odd", "broken"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(plane.registry.snapshots()).isEmpty();
  }

  @Test
  void anInvalidEditKeepsTheLastValidFormInForce() {
    plane.apply(Mesh.whole(POLICY));
    Stream sleep = plane.connectSleep();
    Snapshot before = sleep.snapshot();

    plane.apply(List.of(new Change.Invalid(Mesh.SOURCE, POLICY.key(), List.of())));

    assertThat(sleep.snapshot()).isSameAs(before);
    assertThat(plane.linked.getLast().documents())
        .hasEntrySatisfying(
            POLICY.key(), state -> assertThat(state.form()).isEqualTo(Form.LAST_VALID));
  }

  @Test
  void thousandsOfChangesEndAsOneWould() {
    plane.apply(Mesh.whole());
    Stream sleep = plane.connectSleep();
    for (int i = 0; i < 5_000; i++) {
      plane.reconciler.offer(
          Mesh.changes(Mesh.policy("p", "mytest", "sleep", "host-" + i + ".test")));
      if (i % 500 == 0) {
        plane.reconciler.step();
      }
    }
    plane.apply(POLICY);

    ControlPlaneFixture fresh = new ControlPlaneFixture();
    fresh.apply(Mesh.whole(POLICY));
    assertThat(sleep.snapshot()).isEqualTo(fresh.connectSleep().snapshot());
    assertThat(sleep.changes).isLessThan(15);
  }

  @Test
  void theLoopRunsOnItsOwnThread() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    List<String> threads = new ArrayList<>();
    ControlPlaneFixture live =
        new ControlPlaneFixture(
            new ReconcileEvents() {
              @Override
              public void linked(Linked linked, Instant received, Duration took) {
                threads.add(Thread.currentThread().getName());
                done.countDown();
              }
            });
    live.reconciler.start();
    try {
      live.reconciler.offer(Mesh.whole(POLICY));
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      live.reconciler.close();
    }

    assertThat(threads).containsExactly("reconciler");
    assertThat(live.connectSleep().routes()).contains("httpbin.org");
    live.apply(Mesh.policy("late", "mytest", "sleep", "late.org"));
    assertThat(live.linked).hasSize(1);
  }
}
