package io.sallyport.app;

import io.sallyport.admin.AdminClient;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.status.ProxyReport;
import io.sallyport.status.ProxyStatus;
import io.sallyport.status.StatusJson;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sallyport proxies`.
@Command(
    name = "proxies",
    description = {
      "Who is connected, and what each proxy has acknowledged or refused.",
      "Exit code 1 when a proxy refuses something."
    },
    mixinStandardHelpOptions = true)
final class ProxiesCommand implements Callable<Integer> {
  private static final List<ResourceType> TYPES =
      List.of(
          ResourceType.CLUSTER,
          ResourceType.ENDPOINT,
          ResourceType.LISTENER,
          ResourceType.ROUTE,
          ResourceType.SECRET);

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
    ProxyReport report = admin.ask(AdminClient::proxies);
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case TABLE -> out.print(table(report));
      case JSON -> out.println(StatusJson.write(report));
    }
    out.flush();
    boolean refused = report.proxies().stream().anyMatch(proxy -> !proxy.refusals().isEmpty());
    return refused ? ExitCode.FINDINGS : ExitCode.OK;
  }

  static String table(ProxyReport report) {
    if (report.proxies().isEmpty()) {
      return "no proxy is connected\n";
    }
    Columns columns =
        new Columns(
            "PROXY", "KIND", "ENVOY", "SINCE", "CDS", "EDS", "LDS", "RDS", "SDS", "CERTIFICATE");
    for (ProxyStatus proxy : report.proxies()) {
      List<String> marks = TYPES.stream().map(type -> mark(proxy, type)).toList();
      columns.row(
          proxy.proxy().namespace() + "/" + proxy.proxy().workload(),
          proxy.proxy().kind(),
          proxy.userAgent(),
          Columns.words(Duration.between(proxy.since(), report.at())),
          marks.get(0),
          marks.get(1),
          marks.get(2),
          marks.get(3),
          marks.get(4),
          certificate(proxy, report.at()));
      for (ProxyStatus.Refusal refusal : proxy.refusals()) {
        refusal(columns, refusal, report.at());
      }
    }
    return columns.toString();
  }

  private static void refusal(Columns columns, ProxyStatus.Refusal refusal, Instant now) {
    columns.note(
        "✗ "
            + refusal.type().shortName()
            + " refused \""
            + refusal.resource()
            + "\": "
            + refusal.message());
    for (ProxyStatus.OriginStatus origin : refusal.origins()) {
      columns.note(
          "  from "
              + origin.place().map(place -> place + " (").orElse("(")
              + origin.resource()
              + ", "
              + origin.field()
              + ")");
    }
    columns.note(
        refusal
            .stays()
            .map(stays -> "  the version of " + Columns.time(stays, now) + " stays in force")
            .orElse("  nothing of that type is in force"));
  }

  private static String mark(ProxyStatus proxy, ResourceType wanted) {
    return proxy.types().stream()
        .filter(type -> type.type() == wanted)
        .map(type ->
            switch (type.progress()) {
              case NONE -> "-";
              case SYNCED -> "✓";
              case PENDING -> "…";
              case REFUSED -> "✗";
            })
        .findFirst()
        .orElse("-");
  }

  private static String certificate(ProxyStatus proxy, Instant now) {
    return proxy
        .certificate()
        .map(certificate ->
            certificate
                .renews()
                .map(renews -> "renews in " + Columns.words(Duration.between(now, renews)))
                .orElse("ends in " + Columns.words(Duration.between(now, certificate.expires()))))
        .orElse("-");
  }
}
