package io.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.e2e.harness.ChildProcess;
import io.sallyport.e2e.harness.Documents;
import io.sallyport.e2e.harness.Layout;
import io.sallyport.e2e.harness.Sallyport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands as a user runs them: exit codes, and what is on the screen.
class CommandsTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path work;

  @SuppressWarnings("NullAway.Init")
  private Documents documents;

  private int runs;

  private record Run(int code, String output) {}

  @BeforeEach
  void writeTheMesh() throws IOException {
    documents = new Documents(Files.createDirectory(work.resolve("policies")), Layout.choose());
    documents.writeMesh("", "");
    documents.apply("http.yaml");
  }

  private Run sallyport(String... arguments) {
    try (ChildProcess process =
        Sallyport.start("sallyport", work.resolve("log" + ++runs), arguments)) {
      return new Run(process.waitFor(LIMIT), process.output());
    }
  }

  @Test
  void thePlaygroundWalksTheSeedCases() {
    Run run = sallyport("playground");
    assertThat(run.output()).contains("38 of 38 as expected").doesNotContain("✗");
    assertThat(run.output()).contains("istio-egress/egress-by-egressgateway · http.yaml:");
    assertThat(run.output()).contains("no rule grants www.httpbin.org:");
    assertThat(run.code()).isZero();
  }

  @Test
  void validateIsSilentOnGoodDocumentsAndShowsEveryMistake() {
    assertThat(sallyport("validate", documents.directory().toString()).code()).isZero();

    documents.write("http.yaml", documents.policy("http.yaml").replace("hosts:", "hostss:"));
    documents.write("other.yaml", "kind: [");
    Run run = sallyport("validate", documents.directory().toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.output())
        .contains("http.yaml:16:11")
        .contains("hostss")
        .contains("did you mean")
        .contains("other.yaml")
        .doesNotContain("\tat ");
    Run json = sallyport("validate", "--output", "json", documents.directory().toString());
    assertThat(json.output()).startsWith("{").contains("\"line\": 16");
  }

  @Test
  void validateNamesAFileThatIsNotThereAndLetsTheDocumentsBe() {
    Run run = sallyport("validate", documents.directory().toString());

    assertThat(run.code()).isZero();
    assertThat(run.output())
        .containsPattern("warning: .*pretend-internet-ca.crt' is not there")
        .contains("mesh.yaml:16:15", "caFiles: [pretend-internet-ca.crt]", "= put it there");
  }

  @Test
  void renderShowsWhatEnvoyGetsAndWhatChanges() throws IOException {
    String directory = documents.directory().toString();
    Run run = sallyport("render", "--proxy", "sidecar/mytest/sleep-a", directory);
    assertThat(run.code()).isZero();
    assertThat(run.output())
        .contains("virtualOutbound")
        .contains("BlackHoleCluster")
        .contains("# from ASMEgressTrafficPolicy istio-egress/egress-by-egressgateway");

    Path before = Files.createDirectory(work.resolve("before"));
    Files.copy(documents.directory().resolve("mesh.yaml"), before.resolve("mesh.yaml"));
    Run diff =
        sallyport(
            "render", "--proxy", "sidecar/mytest/sleep-a", directory, "--diff", before.toString());
    assertThat(diff.code()).isEqualTo(1);
    assertThat(diff.output().lines())
        .anyMatch(line -> line.startsWith("+") && line.contains("www.httpbin.org"))
        .noneMatch(line -> line.startsWith("-") && line.contains("BlackHoleCluster"));

    Run same =
        sallyport(
            "render", "--proxy", "sidecar/default/nginx", directory, "--diff", before.toString());
    assertThat(same.code()).isZero();
    assertThat(same.output()).isEmpty();
  }

  @Test
  void aMistakeOnTheCommandLineIsOneLineAndCode2() {
    List<List<String>> mistakes =
        List.of(
            List.of("nonsense"),
            List.of("validate"),
            List.of("validate", work.resolve("nowhere").toString()),
            List.of("render", "--proxy", "sleep-a", documents.directory().toString()),
            List.of("render", "--proxy", "sidecar/mytest/nobody", documents.directory().toString()),
            List.of("serve", "--resources", work.resolve("nowhere").toString()),
            List.of("proxies", "--admin", "127.0.0.1:1"),
            List.of("bootstrap", "gateway", "--namespace", "a", "--workload", "b"));
    for (List<String> mistake : mistakes) {
      Run run = sallyport(mistake.toArray(String[]::new));
      assertThat(run.code()).as("%s: %s", mistake, run.output()).isEqualTo(2);
      assertThat(run.output()).as("%s", mistake).contains("error: ").doesNotContain("\tat ");
    }
  }

  @Test
  void everyCommandHasHelp() {
    List<String> commands = new ArrayList<>();
    commands.addAll(
        List.of("serve", "validate", "render", "bootstrap", "proxies", "status", "playground"));
    assertThat(sallyport("--help").output()).contains(commands);
    for (String command : commands) {
      Run run = sallyport(command, "--help");
      assertThat(run.code()).as(command).isZero();
      assertThat(run.output()).as(command).startsWith("Usage: sallyport " + command);
    }
  }
}
