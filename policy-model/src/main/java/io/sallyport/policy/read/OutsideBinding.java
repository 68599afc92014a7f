package io.sallyport.policy.read;

import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.HostName;
import io.sallyport.policy.KubernetesName;
import io.sallyport.policy.Outside;
import io.sallyport.policy.Outside.ClientCertificate;
import io.sallyport.policy.Outside.ConnectionPool;
import io.sallyport.policy.Outside.OutlierDetection;
import io.sallyport.policy.Outside.Retries;
import io.sallyport.policy.Outside.Timeouts;
import io.sallyport.policy.Outside.Tls;
import io.sallyport.policy.Outside.UpstreamProtocol;
import io.sallyport.policy.OutsideEndpoint;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.problem.NearestName;
import io.sallyport.policy.problem.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The fields of a destination that say how the gateway speaks to outside hosts.
final class OutsideBinding {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final int MOST = 1_000_000;
  private static final int MOST_ATTEMPTS = 10;

  /// Only where the request has certainly not been seen by anyone.
  private static final SortedSet<String> UNSEEN =
      new TreeSet<>(List.of("connect-failure", "refused-stream", "reset-before-request"));

  /// Envoy's conditions that need nothing else to be configured (`x-envoy-retry-on` and
  /// `x-envoy-retry-grpc-on` of its router).
  private static final List<String> CONDITIONS =
      List.of(
          "5xx",
          "gateway-error",
          "reset",
          "reset-before-request",
          "connect-failure",
          "refused-stream",
          "retriable-4xx",
          "cancelled",
          "deadline-exceeded",
          "internal",
          "resource-exhausted",
          "unavailable");

  private static final List<String> OF_HTTP =
      List.of(
          "timeouts",
          "retries",
          "connectionPool",
          "outlierDetection",
          "upstreamProtocol",
          "websocket");

  private OutsideBinding() {}

  /// @param upgraded whether the gateway starts TLS
  /// @param targetPort the port that the gateway dials
  static Outside bind(RecordBinder to, Protocol protocol, boolean upgraded, int targetPort) {
    FieldValue tlsField = to.optional("tls");
    FieldValue speaks = to.optional("upstreamProtocol");
    FieldValue websocket = to.optional("websocket");
    if (!upgraded) {
      tlsField.ifPresent(field ->
          field.error(
              "`tls` without `httpsUpgrade`", "it is for TLS that the gateway starts itself"));
    }
    if (protocol != Protocol.HTTP) {
      for (String name : OF_HTTP) {
        to.optional(name)
            .ifPresent(field ->
                field.error(
                    "`" + name + "` with protocol " + protocol,
                    "it is for what the application sends as HTTP"));
      }
    }
    Outside outside =
        new Outside(
            tlsField.object(OutsideBinding::tls),
            to.optional("timeouts").object(OutsideBinding::timeouts),
            to.optional("retries").map(field -> field.object(OutsideBinding::retries)),
            to.optional("connectionPool").object(OutsideBinding::connectionPool),
            to.optional("outlierDetection")
                .map(field -> field.object(OutsideBinding::outlierDetection)),
            speaks.oneOf(UpstreamProtocol.class, Outside.DEFAULT.upstreamProtocol()),
            websocket.bool(false),
            EndpointsBinding.bind(to.optional("endpoints"), protocol, targetPort),
            WildcardBinding.resolvedAddresses(to.optional("resolvedAddresses")));
    if (outside.endpoints().stream().anyMatch(OutsideEndpoint::isOtherHost)) {
      EndpointsBinding.refuseNames(tlsField, outside.tls());
    }
    if (outside.upstreamProtocol() == UpstreamProtocol.AUTO && !upgraded) {
      speaks.error(
          "`upstreamProtocol: AUTO` without `httpsUpgrade`",
          "which protocol it is, is settled while TLS starts; write HTTP1 or HTTP2");
    }
    if (outside.websocket() && outside.upstreamProtocol() != UpstreamProtocol.HTTP1) {
      websocket.error(
          "`websocket` with `upstreamProtocol: " + outside.upstreamProtocol() + "`",
          "WebSockets to outside hosts are for HTTP1");
    }
    return outside;
  }

  private static Tls tls(RecordBinder tls) {
    FieldValue names = tls.optional("subjectAltNames");
    FieldValue skip = tls.optional("insecureSkipVerify");
    boolean insecure = skip.bool(false);
    FieldValue caFile = tls.optional("caFile");
    if (insecure) {
      contradictsInsecure(names, "subjectAltNames");
      contradictsInsecure(caFile, "caFile");
    }
    return new Tls(
        tls.optional("sni").map(field -> field.parse(HostName::parse, "")),
        names.isPresent() ? Distinct.hosts(names, HostName::parse) : List.of(),
        caFile.map(OutsideBinding::file),
        tls.optional("clientCertificate")
            .map(field -> field.object(OutsideBinding::clientCertificate)),
        insecure);
  }

  private static void contradictsInsecure(FieldValue field, String name) {
    field.ifPresent(written ->
        written.error(
            "`" + name + "` with `insecureSkipVerify: true`",
            "nothing is verified then; leave one of them out"));
  }

  private static ClientCertificate clientCertificate(RecordBinder pair) {
    FieldValue secret = pair.optional("secretRef");
    if (!secret.isPresent()) {
      return new ClientCertificate.Files(
          file(pair.required("certificateFile")), file(pair.required("keyFile")));
    }
    for (String field : new String[] {"certificateFile", "keyFile"}) {
      pair.optional(field)
          .ifPresent(
              file -> file.error("`" + field + "` with `secretRef`", "it is one or the other"));
    }
    return new ClientCertificate.SecretRef(
        "", secret.object(ref -> ref.required("name").parse(KubernetesName::dnsSubdomain, "")));
  }

  private static String file(FieldValue field) {
    return field.parse(OutsideBinding::fileBeside, "");
  }

  /// Whoever may write a policy shall not thereby read every file that the control plane can.
  private static Parsed<String> fileBeside(String written) {
    if (written.isBlank() || !Printable.text(written).equals(written)) {
      return Parsed.invalid(Printable.quote(written) + " is not a file name");
    }
    return written.startsWith("/") || List.of(written.split("/")).contains("..")
        ? Parsed.invalid(
            "file " + Printable.quote(written) + " is not beside the document",
            "expected a file of the document's own directory, or below it")
        : Parsed.valid(written);
  }

  private static Timeouts timeouts(RecordBinder timeouts) {
    return new Timeouts(
        timeouts.optional("request").map(OutsideBinding::duration),
        timeouts.optional("connect").map(OutsideBinding::duration),
        timeouts.optional("idle").map(OutsideBinding::duration));
  }

  private static Retries retries(RecordBinder retries) {
    FieldValue on = retries.optional("on");
    List<String> conditions =
        on.isPresent()
            ? on.list(CONDITIONS.size(), item -> item.parse(OutsideBinding::condition, ""))
            : List.copyOf(UNSEEN);
    return new Retries(
        retries.required("attempts").integer("attempts", 0, MOST_ATTEMPTS, 0),
        retries.optional("perTryTimeout").map(OutsideBinding::duration),
        new TreeSet<>(conditions));
  }

  private static Parsed<String> condition(String written) {
    return CONDITIONS.contains(written)
        ? Parsed.valid(written)
        : Parsed.invalid(
            "unknown condition " + Printable.quote(written),
            NearestName.to(written, CONDITIONS)
                .map(name -> "did you mean `" + name + "`?")
                .orElse("expected one of " + String.join(", ", CONDITIONS)));
  }

  private static ConnectionPool connectionPool(RecordBinder pool) {
    return new ConnectionPool(
        limit(pool, "maxConnections"),
        limit(pool, "maxPendingRequests"),
        limit(pool, "maxRequests"));
  }

  private static Optional<Integer> limit(RecordBinder pool, String name) {
    return pool.optional(name).map(field -> field.integer(name, 1, MOST, 1));
  }

  private static OutlierDetection outlierDetection(RecordBinder detection) {
    OutlierDetection usual = OutlierDetection.DEFAULT;
    return new OutlierDetection(
        detection
            .optional("consecutive5xx")
            .integer("consecutive5xx", 1, MOST, usual.consecutive5xx()),
        detection.optional("interval").map(OutsideBinding::duration).orElse(usual.interval()),
        detection
            .optional("baseEjectionTime")
            .map(OutsideBinding::duration)
            .orElse(usual.baseEjectionTime()));
  }

  private static Duration duration(FieldValue field) {
    return field.parse(written -> Durations.parse(written, SHORTEST, LONGEST), LONGEST);
  }
}
