package io.sallyport.app;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.ProblemPrinter;
import io.sallyport.policy.problem.Summary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sallyport validate`.
@Command(
    name = "validate",
    description = {
      "Read and link documents, and print what is wrong with them.",
      "Exit code 0 without errors (warnings are fine), 1 with errors."
    },
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files and directories.")
  private List<Path> paths = List.of();

  @Option(
      names = "--output",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: table).")
  private OutputFormat output = OutputFormat.TABLE;

  @Override
  public Integer call() {
    OfflineMesh mesh = OfflineMesh.read(paths);
    PrintWriter out = spec.commandLine().getOut();
    List<Problem> problems =
        Stream.concat(mesh.problems().stream(), OutsideTrustWarnings.look(mesh.linked()).stream())
            .sorted()
            .toList();
    Summary summary = Summary.of(problems, mesh.documents());
    switch (output) {
      case TABLE -> {
        boolean colour = spec.commandLine().getColorScheme().ansi().enabled();
        out.print(new ProblemPrinter(OfflineMesh.texts(), colour).print(problems));
        out.println(summary);
      }
      case JSON -> {
        JsonObject json = new JsonObject();
        json.addProperty("documents", mesh.documents());
        json.addProperty("errors", summary.errors());
        json.addProperty("warnings", summary.warnings());
        json.add("problems", ProblemJson.of(problems));
        out.println(
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create().toJson(json));
      }
    }
    out.flush();
    return mesh.hasErrors() ? ExitCode.FINDINGS : ExitCode.OK;
  }
}
