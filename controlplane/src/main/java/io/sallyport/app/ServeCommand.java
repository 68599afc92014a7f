package io.sallyport.app;

import io.sallyport.bootstrap.HostPort;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sallyport serve`.
@Command(
    name = "serve",
    description = {
      "Run the control plane: watch the documents, serve Envoys over ADS with mutual TLS.",
      "Stops in order on SIGTERM; may be killed at any time without losing anything."
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--resources",
      required = true,
      paramLabel = "DIR",
      arity = "1",
      description = "A directory of documents, watched with all below it (repeatable).")
  private List<Path> resources = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = DataDirectory.DEFAULT,
      description =
          "Where the certificate authority and other state lives; made if absent (default:"
              + " ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @Option(
      names = "--xds",
      paramLabel = "ADDR:PORT",
      defaultValue = "127.0.0.1:15012",
      description = "Where Envoys connect, with mutual TLS (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String xds;

  @Option(
      names = "--xds-name",
      paramLabel = "NAME",
      arity = "1",
      description =
          "A further DNS name or address under which Envoys reach it, for its certificate"
              + " (repeatable).")
  private List<String> xdsNames = List.of();

  @Option(
      names = "--admin",
      paramLabel = "ADDR:PORT",
      defaultValue = "127.0.0.1:15014",
      description = "Health, metrics and status, without TLS (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String admin;

  @Override
  public Integer call() throws InterruptedException {
    Config config =
        new Config(
            resources,
            data,
            HostPort.parse("--xds", xds),
            xdsNames,
            HostPort.parse("--admin", admin));
    ControlPlane controlPlane = ControlPlane.start(config);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  controlPlane.close();
                  stopped.countDown();
                }));
    stopped.await();
    return ExitCode.OK;
  }
}
