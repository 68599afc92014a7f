package io.sallyport.xds.grpc;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.sallyport.xds.Admission;
import io.sallyport.xds.Encoding;
import io.sallyport.xds.Response;
import io.sallyport.xds.XdsEvents;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// The aggregated discovery service: both encodings, over the same state. Knows the open streams.
final class AdsService {
  private final Admission admission;
  private final XdsEvents events;
  private final XdsLimits limits;
  private final InstantSource clock;
  private final Executor threads;
  private final Connections connections;
  private final Consumer<Throwable> faults;
  private final Set<AdsCall> calls = ConcurrentHashMap.newKeySet();
  private final Map<Admission.PeerCertificate, Integer> perIdentity = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private volatile boolean stopping;

  AdsService(
      Admission admission,
      XdsEvents events,
      XdsLimits limits,
      InstantSource clock,
      Executor threads,
      Connections connections,
      Consumer<Throwable> faults) {
    this.admission = admission;
    this.events = events;
    this.limits = limits;
    this.clock = clock;
    this.threads = threads;
    this.connections = connections;
    this.faults = faults;
  }

  /// What gRPC serves.
  ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder(AggregatedDiscoveryServiceGrpc.SERVICE_NAME)
        .addMethod(
            method("DeltaAggregatedResources"), (call, _) -> start(Encoding.INCREMENTAL, call))
        .addMethod(
            method("StreamAggregatedResources"),
            (call, _) -> start(Encoding.STATE_OF_THE_WORLD, call))
        .build();
  }

  private static MethodDescriptor<ByteString, Response> method(String name) {
    return MethodDescriptor.<ByteString, Response>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(
            MethodDescriptor.generateFullMethodName(
                AggregatedDiscoveryServiceGrpc.SERVICE_NAME, name))
        .setRequestMarshaller(new BytesMarshaller())
        .setResponseMarshaller(new ResponseMarshaller())
        .build();
  }

  private ServerCall.Listener<ByteString> start(
      Encoding encoding, ServerCall<ByteString, Response> call) {
    X509Certificate certificate = certificate(call);
    Optional<Admission.PeerCertificate> peer =
        certificate == null ? Optional.empty() : PeerCertificates.read(certificate);
    if (certificate == null || peer.isEmpty()) {
      return refuse(call, Status.UNAUTHENTICATED, "the client certificate is no SPIFFE identity");
    }
    Instant expiry = certificate.getNotAfter().toInstant();
    if (!clock.instant().isBefore(expiry)) {
      connections.end(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
      return refuse(call, Status.UNAUTHENTICATED, "the client certificate has expired");
    }
    if (stopping) {
      return refuse(call, Status.UNAVAILABLE, "the control plane is stopping");
    }
    if (perIdentity.merge(peer.get(), 1, Integer::sum) > limits.streamsPerIdentity()) {
      release(peer.get());
      return refuse(call, Status.RESOURCE_EXHAUSTED, "this identity has too many streams open");
    }
    AdsCall opened = new AdsCall(ids.incrementAndGet(), encoding, call, peer.get(), expiry, this);
    calls.add(opened);
    call.request(1);
    return opened;
  }

  private static ServerCall.Listener<ByteString> refuse(
      ServerCall<ByteString, Response> call, Status status, String reason) {
    call.close(status.withDescription(reason), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static @Nullable X509Certificate certificate(ServerCall<?, ?> call) {
    SSLSession tls = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (tls == null) {
      return null;
    }
    try {
      Certificate[] chain = tls.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? leaf : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  /// A stream has ended.
  void remove(AdsCall call) {
    if (calls.remove(call)) {
      release(call.peer());
    }
  }

  private void release(Admission.PeerCertificate peer) {
    perIdentity.computeIfPresent(peer, (_, count) -> count == 1 ? null : count - 1);
  }

  void tick(Instant now) {
    for (AdsCall call : calls) {
      call.onTick(now);
    }
  }

  /// Ends all streams and admits no more.
  void stop() {
    stopping = true;
    calls.forEach(AdsCall::onShutdown);
  }

  void endConnection(@Nullable SocketAddress peer) {
    connections.end(peer);
  }

  Admission admission() {
    return admission;
  }

  XdsEvents events() {
    return events;
  }

  XdsLimits limits() {
    return limits;
  }

  InstantSource clock() {
    return clock;
  }

  Executor threads() {
    return threads;
  }

  Consumer<Throwable> faults() {
    return faults;
  }
}
