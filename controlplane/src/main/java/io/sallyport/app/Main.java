package io.sallyport.app;

import io.sallyport.identity.IdentityException;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// The `sallyport` command.
@Command(
    name = "sallyport",
    description = {
      "Guards how workloads leave a service mesh: reads policies, serves unmodified Envoys over"
          + " ADS."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      ValidateCommand.class,
      RenderCommand.class,
      BootstrapCommand.class,
      ProxiesCommand.class,
      StatusCommand.class
    })
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int code = commandLine().execute(arguments);
    // a server's threads may still be running where a command failed half-way
    System.exit(code);
  }

  /// The whole command line, with what other modules add to it.
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    ServiceLoader.load(Subcommand.class).forEach(commandLine::addSubcommand);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExecutionExceptionHandler((exception, failed, _) -> {
      if (exception instanceof UserException || exception instanceof IdentityException) {
        failed.getErr().println("error: " + exception.getMessage());
        return ExitCode.USAGE;
      }
      Logger log = LoggerFactory.getLogger(Main.class);
      log.error("a defect in Sallyport", exception);
      failed.getErr().println("error: this is a defect in Sallyport, see the log above");
      return ExitCode.FINDINGS;
    });
    commandLine.setParameterExceptionHandler(Main::usageMistake);
    return commandLine;
  }

  private static int usageMistake(ParameterException mistake, String[] arguments) {
    CommandLine failed = mistake.getCommandLine();
    failed.getErr().println("error: " + mistake.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(mistake, failed.getErr());
    failed.getErr().println("see: " + failed.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }
}
