package io.sallyport.app;

import io.sallyport.admin.AdminClient;
import io.sallyport.status.MeshReport;
import io.sallyport.status.PolicyStatus;
import io.sallyport.status.ProblemStatus;
import io.sallyport.status.StatusJson;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sallyport status`.
@Command(
    name = "status",
    description = {
      "What is in force: the state of every policy, and every problem.",
      "Exit code 1 when a policy is refused or a document has an error."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private AdminOption admin;

  @Option(
      names = "--output",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: table).")
  private OutputFormat output = OutputFormat.TABLE;

  @Override
  public Integer call() {
    MeshReport report = admin.ask(AdminClient::mesh);
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case TABLE -> out.print(table(report));
      case JSON -> out.println(StatusJson.write(report));
    }
    out.flush();
    boolean found =
        report.problems().stream().anyMatch(problem -> problem.severity().equals("error"))
            || report.policies().stream()
                .anyMatch(policy -> policy.state() == PolicyStatus.State.REFUSED);
    return found ? ExitCode.FINDINGS : ExitCode.OK;
  }

  static String table(MeshReport report) {
    StringBuilder text = new StringBuilder();
    if (report.policies().isEmpty()) {
      text.append("no policy: everything outside is refused\n");
    } else {
      Columns columns = new Columns("POLICY", "STATE", "PROXIES", "SINCE", "NOTE");
      for (PolicyStatus policy : report.policies()) {
        columns.row(
            policy.namespace() + "/" + policy.name(),
            state(policy),
            policy.synced() + " of " + policy.proxies(),
            policy.since().map(since -> Columns.time(since, report.at())).orElse("-"),
            note(policy, report.at()));
      }
      text.append(columns);
    }
    for (ProblemStatus problem : report.problems()) {
      String place =
          problem
              .file()
              .map(file ->
                  "  ("
                      + file
                      + ":"
                      + problem.line().orElse(0)
                      + ":"
                      + problem.column().orElse(0)
                      + ")")
              .orElse("");
      String help = problem.help().isEmpty() ? "" : "; " + problem.help();
      text.append(Columns.harmless(problem.severity() + ": " + problem.message() + place + help))
          .append('\n');
    }
    return text.toString();
  }

  private static String state(PolicyStatus policy) {
    return switch (policy.state()) {
      case WITHDRAWING -> "withdrawing";
      case REFUSED -> "refused";
      case INVALID -> "invalid";
      case NO_PROXY -> "no proxy";
      case PENDING -> "pending";
      case IN_FORCE -> "in force";
    };
  }

  private static String note(PolicyStatus policy, Instant now) {
    return switch (policy.state()) {
      case REFUSED ->
          "refused by " + String.join(", ", policy.refusedBy()) + ", see: sallyport proxies";
      case INVALID -> invalid(policy, now);
      case NO_PROXY -> "no connected proxy is concerned";
      case PENDING, WITHDRAWING -> "not acknowledged by all yet";
      case IN_FORCE ->
          policy
              .changeToAckMillis()
              .map(millis -> "(" + millis + " ms after the change)")
              .orElse("");
    };
  }

  private static String invalid(PolicyStatus policy, Instant now) {
    return switch (policy.form()) {
      case LAST_VALID ->
          "the version of "
              + policy.formSince().map(since -> Columns.time(since, now)).orElse("before")
              + " stays in force";
      case PARTLY -> "in force but for what the errors name";
      case NONE -> "grants nothing";
      case NEWEST -> "";
    };
  }
}
