package io.sallyport.app;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sallyport.admin.AdminServer;
import io.sallyport.bootstrap.BootstrapRenewer;
import io.sallyport.bootstrap.HostPort;
import io.sallyport.bootstrap.KnownWorkloads;
import io.sallyport.compile.EnvoyCompiler;
import io.sallyport.identity.CertificateAuthority;
import io.sallyport.identity.ExternalRoots;
import io.sallyport.identity.OutsideSecrets;
import io.sallyport.identity.ProxySecrets;
import io.sallyport.identity.ProxyTrust;
import io.sallyport.identity.RenewalTicker;
import io.sallyport.identity.ServerCertificate;
import io.sallyport.identity.WorkloadSecrets;
import io.sallyport.mesh.MeshModel;
import io.sallyport.policy.MeshConfig;
import io.sallyport.reconcile.FaultHandler;
import io.sallyport.reconcile.LoggedFaults;
import io.sallyport.reconcile.ProxyRegistry;
import io.sallyport.reconcile.ReconcileEvents;
import io.sallyport.reconcile.Reconciler;
import io.sallyport.source.file.FileSource;
import io.sallyport.source.file.FolderLimits;
import io.sallyport.status.Metrics;
import io.sallyport.status.StatusBoard;
import io.sallyport.xds.grpc.XdsLimits;
import io.sallyport.xds.grpc.XdsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts of a running control plane, put together from left to right: authority, reconciler,
/// xDS server, admin server, and last the source that sets everything in motion.
final class ControlPlane implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);
  private static final Duration RENEWAL_PERIOD = Duration.ofSeconds(1);

  /// What to stop, the newest first.
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private ControlPlane() {}

  /// Starts a control plane.
  ///
  /// @throws UserException when a directory or an address can't be had
  static ControlPlane start(Config config) {
    for (Path directory : config.resources()) {
      if (!Files.isDirectory(directory)) {
        throw new UserException("--resources '" + directory + "' is no directory");
      }
    }
    ControlPlane controlPlane = new ControlPlane();
    try {
      controlPlane.startParts(config);
      return controlPlane;
    } catch (RuntimeException | Error e) {
      controlPlane.close();
      throw e;
    }
  }

  private void startParts(Config config) {
    Clock clock = Clock.systemUTC();
    FaultHandler faults = new LoggedFaults();
    CertificateAuthority authority = authority(config, clock);
    WorkloadSecrets secrets =
        new WorkloadSecrets(
            authority, config.data(), MeshConfig.DEFAULT.certificates().workloadLifetime(), clock);
    ExternalRoots externalRoots = new ExternalRoots();
    OutsideSecrets outsideSecrets = new OutsideSecrets();
    ServerCertificate certificate = new ServerCertificate(authority, names(config), clock);
    BootstrapRenewer bootstraps = new BootstrapRenewer(authority, config.data(), clock);

    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Metrics metrics = new Metrics(registry);
    StatusBoard status =
        new StatusBoard(
            clock,
            metrics,
            secrets::renewals,
            linked ->
                OutsideTrustWarnings.of(
                    linked, outsideSecrets.complaints(), externalRoots.complaints()));
    List<ReconcileEvents> listeners =
        List.of(
            new MeshFollower(
                authority,
                secrets,
                externalRoots,
                outsideSecrets,
                new KnownWorkloads(config.data())),
            status);
    EnvoyCompiler compiler = new EnvoyCompiler();
    ProxyRegistry proxies =
        new ProxyRegistry(
            compiler::compile,
            compiler::endpoints,
            new ProxySecrets(secrets, externalRoots, outsideSecrets),
            listeners,
            faults,
            clock);
    FileSource source =
        new FileSource(
            config.resources(),
            FolderLimits.DEFAULT,
            clock,
            thrown -> faults.fault("following the documents", thrown));
    Reconciler reconciler =
        new Reconciler(List.of(source.name()), proxies, listeners, faults, clock);
    reconciler.start();
    parts.push(reconciler);

    ServerCredentials credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(certificate)
            .trustManager(new ProxyTrust(authority, clock))
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    parts.push(
        listen(
            "--xds",
            config.xds(),
            address ->
                XdsServer.start(
                    address,
                    (TlsServerCredentials) credentials,
                    proxies,
                    status,
                    XdsLimits.DEFAULT,
                    clock,
                    thrown -> faults.fault("serving a stream", thrown))));
    parts.push(
        new RenewalTicker(
            RENEWAL_PERIOD,
            List.of(
                secrets::renewDue,
                certificate::renewDue,
                bootstraps::renewDue,
                externalRoots::refresh,
                outsideSecrets::refresh)));
    metrics.filesRead(source::filesRead);
    metrics.certificatesIssued(secrets::issued);
    metrics.workloadCertificates(secrets::expiries);
    metrics.issuingCertificate(authority::issuingExpiresAt);
    parts.push(
        listen(
            "--admin",
            config.admin(),
            address ->
                new AdminServer(
                    config.admin().host(),
                    address,
                    status,
                    registry,
                    () ->
                        reconciler.waitingFor().isEmpty()
                            ? List.of()
                            : List.of(source.waitingFor().orElse("linking the documents")))));
    parts.push(source);
    source.start(reconciler::offer);
    log.info(
        "serving ADS on {} for trust domain {}, admin on {}",
        config.xds(),
        authority.trustDomain(),
        config.admin());
  }

  /// The authority in the data directory; a new one is made for the trust domain of the documents.
  private static CertificateAuthority authority(Config config, Clock clock) {
    MeshModel model = OfflineMesh.read(config.resources()).model();
    return CertificateAuthority.openOrCreate(config.data(), model.config().trustDomain(), clock);
  }

  /// The names under which proxies may reach the xDS server.
  private static List<String> names(Config config) {
    List<String> names = new ArrayList<>(config.xdsNames());
    if (!address("--xds", config.xds()).getAddress().isAnyLocalAddress()) {
      names.add(config.xds().host());
    }
    names.addAll(List.of("localhost", "127.0.0.1"));
    return names.stream().distinct().toList();
  }

  /// Something that listens on an address.
  private interface Listening<T> {
    T at(InetSocketAddress address) throws IOException;
  }

  private static <T> T listen(String option, HostPort where, Listening<T> server) {
    try {
      return server.at(address(option, where));
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new UserException(
          option + " " + where + " can't be listened on: " + cause.getMessage());
    }
  }

  private static InetSocketAddress address(String option, HostPort where) {
    try {
      return new InetSocketAddress(InetAddress.getByName(where.host()), where.port());
    } catch (UnknownHostException e) {
      throw new UserException(option + " '" + where.host() + "' has no address");
    }
  }

  /// Stops everything in order: nothing new is read, streams are ended, the reconciler last.
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not stop in order", part.getClass().getSimpleName(), e);
      }
    }
  }
}
