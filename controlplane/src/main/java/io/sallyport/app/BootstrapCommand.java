package io.sallyport.app;

import io.sallyport.bootstrap.BootstrapRequest;
import io.sallyport.bootstrap.HostPort;
import io.sallyport.bootstrap.ProxyBootstrap;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.ProxyKind;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `sallyport bootstrap`.
@Command(
    name = "bootstrap",
    description = {
      "Write what one proxy starts from: envoy.yaml, key, certificate and trust bundle.",
      "Then 'envoy -c DIR/envoy.yaml' is all it takes. A directory below --data is kept fresh by"
          + " 'sallyport serve'."
    },
    mixinStandardHelpOptions = true)
final class BootstrapCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "KIND",
      converter = KindConverter.class,
      description = "sidecar, egress-gateway or ingress-gateway.")
  @SuppressWarnings("NullAway.Init")
  private ProxyKind kind;

  @Option(names = "--namespace", required = true, description = "The workload's namespace.")
  @SuppressWarnings("NullAway.Init")
  private String namespace;

  @Option(names = "--workload", required = true, description = "The workload's name.")
  @SuppressWarnings("NullAway.Init")
  private String workload;

  @Option(
      names = "--service-account",
      description = "Its service account (default: the one the registry knows, else its name).")
  private @Nullable String serviceAccount;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = DataDirectory.DEFAULT,
      description = "The control plane's data directory (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @Option(
      names = "--trust-domain",
      defaultValue = "cluster.local",
      description =
          "The trust domain, where --data has no authority yet (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String trustDomain;

  @Option(
      names = "--xds",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where the proxy finds the control plane.")
  @SuppressWarnings("NullAway.Init")
  private String xds;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "What to write.")
  @SuppressWarnings("NullAway.Init")
  private Path out;

  @Option(
      names = "--mounted-at",
      paramLabel = "DIR",
      description = "Where the proxy sees that directory, as in a container (default: --out).")
  private @Nullable Path mountedAt;

  @Option(
      names = "--interception",
      converter = InterceptionConverter.class,
      description = "Sidecars: redirect (default), tproxy or proxy-protocol.")
  private @Nullable Interception interception;

  @Option(
      names = "--outbound",
      paramLabel = "ADDR:PORT",
      description = "Sidecars: the capture listener (default: 127.0.0.1:15001).")
  private @Nullable String outbound;

  @Option(
      names = "--inbound",
      paramLabel = "ADDR:PORT",
      description = "Sidecars: the inbound listener (default: 127.0.0.1:15006).")
  private @Nullable String inbound;

  @Option(
      names = "--dns",
      paramLabel = "ADDR:PORT",
      description =
          "Sidecars: answer the application's DNS there, which virtual addresses need (default: not"
              + " at all).")
  private @Nullable String dns;

  @Option(
      names = "--bind",
      paramLabel = "ADDR",
      description = "Gateways: the address to listen on (default: the workload's own).")
  private @Nullable String bind;

  @Option(
      names = "--envoy-admin",
      paramLabel = "ADDR:PORT",
      defaultValue = "127.0.0.1:15000",
      description = "Envoy's admin port, on loopback (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String envoyAdmin;

  @Option(
      names = "--ttl",
      defaultValue = "24h",
      converter = DurationConverter.class,
      description = "How long the certificate lives, 60s to 90d (default: ${DEFAULT-VALUE}).")
  private Duration ttl = BootstrapRequest.DEFAULT_TTL;

  @Override
  public Integer call() {
    CertificateAuthority authority =
        CertificateAuthority.open(data, Clock.systemUTC())
            .orElseGet(
                () -> CertificateAuthority.openOrCreate(data, trustDomain, Clock.systemUTC()));
    ProxyBootstrap.Written written =
        new ProxyBootstrap(authority, data)
            .write(
                new BootstrapRequest(
                    kind,
                    namespace,
                    workload,
                    Optional.ofNullable(serviceAccount),
                    HostPort.parse("--xds", xds),
                    out,
                    Optional.ofNullable(mountedAt),
                    new BootstrapRequest.Listen(
                        Optional.ofNullable(interception),
                        Optional.ofNullable(outbound)
                            .map(text -> HostPort.parse("--outbound", text)),
                        Optional.ofNullable(inbound).map(text -> HostPort.parse("--inbound", text)),
                        Optional.ofNullable(bind),
                        Optional.ofNullable(dns).map(text -> HostPort.parse("--dns", text))),
                    HostPort.parse("--envoy-admin", envoyAdmin),
                    ttl));
    print(written);
    return ExitCode.OK;
  }

  private void print(ProxyBootstrap.Written written) {
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println("identity     " + written.id());
    terminal.println("certificate  valid until " + written.expiresAt());
    terminal.println(
        "renewal      "
            + (written.keptFresh()
                ? "by 'sallyport serve' with this --data"
                : "yours: run this command again before it ends (or write below --data)"));
    written.notes().forEach(note -> terminal.println("note: " + note));
    terminal.println("start it     envoy -c " + written.envoyYaml());
    terminal.flush();
  }

  /// `egress-gateway` and the like.
  static final class KindConverter implements ITypeConverter<ProxyKind> {
    @Override
    public ProxyKind convert(String text) {
      for (ProxyKind kind : ProxyKind.values()) {
        if (ProxyName.word(kind).equals(text)) {
          return kind;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is no kind of proxy: sidecar, egress-gateway or ingress-gateway");
    }
  }

  /// `proxy-protocol` and the like.
  static final class InterceptionConverter implements ITypeConverter<Interception> {
    @Override
    public Interception convert(String text) {
      for (Interception interception : Interception.values()) {
        if (interception.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
          return interception;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is no interception: redirect, tproxy or proxy-protocol");
    }
  }

  /// `90s`, `15m`, `24h`, `7d`.
  static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      if (!text.matches("[0-9]{1,9}[smhd]")) {
        throw new TypeConversionException(
            "'" + text + "' is no duration: write 90s, 15m, 24h or 7d");
      }
      long amount = Long.parseLong(text.substring(0, text.length() - 1));
      return switch (text.charAt(text.length() - 1)) {
        case 's' -> Duration.ofSeconds(amount);
        case 'm' -> Duration.ofMinutes(amount);
        case 'h' -> Duration.ofHours(amount);
        default -> Duration.ofDays(amount);
      };
    }
  }
}
