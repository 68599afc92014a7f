package io.sallyport.e2e.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.Await;
import io.sallyport.e2e.harness.Documents;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;

/// An application in a container, which asks its machine's resolver for names and dials what it is
/// told: the sidecar answers, with virtual addresses where a rule gives them out.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf("io.sallyport.e2e.containers.Backend#withContainers")
class NamesTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @SuppressWarnings("NullAway.Init")
  private ContainerMesh mesh;

  @BeforeAll
  void start() {
    mesh = ContainerMesh.start("", line -> System.out.println("  " + line));
    mesh.documents()
        .write(
            "names.yaml",
            Documents.ownPolicy(
                "names",
                """
                - hosts: [httpbin.org, www.alibabacloud.com]
                  port: {number: 80, protocol: TCP}
                  match: {virtualAddress: true}
                """));
    Await.until(
        "the sidecar answers",
        LIMIT,
        () -> address("httpbin.org").startsWith("24"),
        mesh::controlPlaneTail);
  }

  @AfterAll
  void stop() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @Test
  void hostsOnOnePortAreReachedByTheirNamesAlone() {
    String first = address("httpbin.org");
    String second = address("www.alibabacloud.com");
    assertThat(first).matches("24[0-7]\\..*");
    assertThat(second).matches("24[0-7]\\..*").isNotEqualTo(first);
    for (String host : new String[] {"httpbin.org", "www.alibabacloud.com"}) {
      assertThat(inside("curl -s -m 8 http://" + host + "/get"))
          .contains("\"url\":\"http://" + host + "/get\"");
    }
  }

  @Test
  void otherNamesAreAskedOfTheMachinesResolver() {
    assertThat(address(mesh.nginxPod().resolvable())).isEqualTo(mesh.layout().nginx());
    assertThat(address("unknown.example")).isEmpty();
  }

  @Test
  void aWorkloadWithoutTheRuleGetsNoSuchAddress() {
    assertThat(
            mesh.nginxPod()
                .tool(Pod.APPLICATION_USER, "bash", "-c", lookUp("httpbin.org"))
                .getStdout())
        .isEmpty();
  }

  private String address(String name) {
    return inside(lookUp(name)).strip();
  }

  private static String lookUp(String name) {
    return "getent ahostsv4 " + name + " | awk 'NR == 1 {print $1}'";
  }

  private String inside(String command) {
    return mesh.sleepAPod().tool(Pod.APPLICATION_USER, "bash", "-c", command).getStdout();
  }
}
