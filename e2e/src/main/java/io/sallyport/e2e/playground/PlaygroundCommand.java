package io.sallyport.e2e.playground;

import io.sallyport.app.Subcommand;
import io.sallyport.e2e.harness.EnvoyBinary;
import io.sallyport.e2e.harness.InterceptionShim;
import io.sallyport.e2e.harness.MeshUnderTest;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sallyport playground`.
@Command(
    name = "playground",
    description = {
      "Run a whole mesh on this machine and walk the seed cases.",
      "Starts a control plane, the sidecars of sleep-a and nginx, an egress gateway (real Envoys)"
          + " and a pretend internet on loopback; no Docker and no root needed. Exit code 0 only if"
          + " every answer is as expected."
    },
    mixinStandardHelpOptions = true)
public final class PlaygroundCommand implements Subcommand {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--keep",
      description = "Leave the mesh running afterwards, and print how to try it.")
  private boolean keep;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Sallyport playground: starting ...");
    out.flush();
    long start = System.nanoTime();
    try (MeshUnderTest mesh = MeshUnderTest.start("", line -> progress(out, line))) {
      Thread stop = Thread.ofPlatform().unstarted(mesh::close);
      Runtime.getRuntime().addShutdownHook(stop);
      out.printf(
          "%nSallyport playground · Envoy %s · everything ready in %s%n",
          mesh.binary().source(), Table.words(Duration.ofNanos(System.nanoTime() - start)));
      if (!mesh.layout().realPorts()) {
        out.printf(
            "Ports below 1024 can't be bound here: outside hosts are on port %d (HTTP) and %d"
                + " (HTTPS).%n",
            mesh.layout().http(), mesh.layout().https());
      }
      boolean passed = walk(mesh, out);
      if (keep) {
        keepRunning(mesh, out);
      } else {
        out.println("Look around: ./sallyport playground --keep");
        Runtime.getRuntime().removeShutdownHook(stop);
      }
      out.flush();
      return passed ? 0 : 1;
    } catch (EnvoyBinary.EnvoyMissingException e) {
      spec.commandLine().getErr().println("error: " + e.getMessage());
      return 2;
    }
  }

  private static void progress(PrintWriter out, String line) {
    out.println("  " + line);
    out.flush();
  }

  private boolean walk(MeshUnderTest mesh, PrintWriter out) {
    Table table = new Table(out, spec.commandLine().getColorScheme().ansi().enabled());
    table.heading();
    Walk walk = new Walk(mesh);
    int passed = 0;
    for (Step step : walk.steps()) {
      Walk.Result result = walk.run(step);
      table.print(result);
      passed += result.asExpected() ? 1 : 0;
    }
    out.printf("%n%d of %d as expected. ", passed, walk.steps().size());
    return passed == walk.steps().size();
  }

  private void keepRunning(MeshUnderTest mesh, PrintWriter out)
      throws IOException, InterruptedException {
    mesh.documents().apply("http.yaml");
    InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
    String port = mesh.layout().realPorts() ? "" : ":" + mesh.layout().http();
    try (InterceptionShim sleepA = new InterceptionShim(mesh.sleepAApplication(), any);
        InterceptionShim nginx = new InterceptionShim(mesh.nginxApplication(), any)) {
      out.printf(
          """
          http.yaml is in force and the mesh runs until Ctrl-C. Try it from another terminal:

            as sleep-a   curl -i --proxy socks5h://127.0.0.1:%d http://httpbin.org%s/get
            as nginx     curl -i --proxy socks5h://127.0.0.1:%d http://httpbin.org%s/get
            policies     %s   (edit, add, delete: changes are in force at once)
            proxies      ./sallyport proxies --admin %s
            policies     ./sallyport status --admin %s
            logs         %s

          """,
          sleepA.address().getPort(),
          port,
          nginx.address().getPort(),
          port,
          mesh.documents().directory(),
          mesh.admin(),
          mesh.admin(),
          mesh.data().resolve("proxies").resolve("mytest-sleep-a").resolve("envoy.log"));
      out.flush();
      new CountDownLatch(1).await();
    }
  }
}
