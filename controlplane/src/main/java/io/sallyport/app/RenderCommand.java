package io.sallyport.app;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.sallyport.compile.ConfigYaml;
import io.sallyport.compile.EnvoyCompiler;
import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ServicePort;
import io.sallyport.mesh.Workload;
import io.sallyport.policy.problem.ProblemPrinter;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sallyport render`.
@Command(
    name = "render",
    description = {
      "Show the Envoy configuration that a proxy would get, with the rule each part comes from.",
      "With --diff: what changes from OTHER to PATH; exit code 1 when something does."
    },
    mixinStandardHelpOptions = true)
final class RenderCommand implements Callable<Integer> {
  private static final int CONTEXT = 3;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--proxy",
      required = true,
      converter = ProxyName.Converter.class,
      paramLabel = "KIND/NS/NAME",
      description = "For example sidecar/mytest/sleep-a.")
  @SuppressWarnings("NullAway.Init")
  private ProxyName proxy;

  @Option(
      names = "--diff",
      paramLabel = "OTHER",
      arity = "1",
      description = "Files or a directory to compare with (repeatable).")
  private List<Path> other = List.of();

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files and directories.")
  private List<Path> paths = List.of();

  @Override
  public Integer call() {
    OfflineMesh mesh = OfflineMesh.read(paths);
    String rendered = render(mesh);
    PrintWriter out = spec.commandLine().getOut();
    boolean differs = false;
    if (other.isEmpty()) {
      out.print(rendered);
    } else {
      List<String> before = render(OfflineMesh.read(other)).lines().toList();
      List<String> after = rendered.lines().toList();
      List<String> diff =
          UnifiedDiffUtils.generateUnifiedDiff(
              other.toString(), paths.toString(), before, DiffUtils.diff(before, after), CONTEXT);
      diff.forEach(out::println);
      differs = !diff.isEmpty();
    }
    out.flush();
    if (mesh.hasErrors()) {
      boolean colour = spec.commandLine().getColorScheme().ansi().enabled();
      spec.commandLine()
          .getErr()
          .print(new ProblemPrinter(OfflineMesh.texts(), colour).print(mesh.problems()));
    }
    return mesh.hasErrors() || differs ? ExitCode.FINDINGS : ExitCode.OK;
  }

  private String render(OfflineMesh mesh) {
    List<VersionedResource> resources = resources(mesh.model());
    StringBuilder text = new StringBuilder();
    for (ResourceType type :
        List.of(
            ResourceType.LISTENER,
            ResourceType.ROUTE,
            ResourceType.CLUSTER,
            ResourceType.ENDPOINT)) {
      text.append("# ").append(type.shortName()).append('\n');
      text.append(ConfigYaml.render(type, resources)).append('\n');
    }
    return text.toString();
  }

  private List<VersionedResource> resources(MeshModel model) {
    Workload workload =
        model
            .workload(proxy.namespace(), proxy.name())
            .orElseThrow(() ->
                new UserException(
                    "no workload "
                        + proxy.namespace()
                        + "/"
                        + proxy.name()
                        + " in these documents: write a WorkloadEntry for it"));
    if (workload.proxyKind() != proxy.kind()) {
      throw new UserException(
          proxy.namespace()
              + "/"
              + proxy.name()
              + " is a workload of kind "
              + ProxyName.word(workload.proxyKind())
              + ", not "
              + ProxyName.word(proxy.kind()));
    }
    EnvoyCompiler compiler = new EnvoyCompiler();
    ScopeView view = model.view(model.scope(workload, ListenOptions.DEFAULT));
    List<VersionedResource> resources = new ArrayList<>(compiler.compile(view));
    for (ServicePort service : view.services()) {
      resources.add(compiler.endpoints(model.endpoints(service)));
    }
    return resources;
  }
}
