package io.sallyport.xds.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.sallyport.snapshot.SnapshotFeed;
import io.sallyport.xds.Admission;
import io.sallyport.xds.Encoding;
import io.sallyport.xds.Response;
import io.sallyport.xds.XdsStream;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One stream on the wire: carries requests to its [XdsStream] and responses from it, no faster
/// than the client reads. gRPC's callbacks only put tasks into the mailbox; everything else happens
/// there, one thing at a time.
final class AdsCall extends ServerCall.Listener<ByteString> {
  private final long id;
  private final Encoding encoding;
  private final ServerCall<ByteString, Response> call;
  private final Admission.PeerCertificate peer;
  private final Instant certificateExpiry;
  private final AdsService service;
  private final Mailbox mailbox;
  private final AtomicBoolean changed = new AtomicBoolean();

  /// When [#tick] has something to do; written in the mailbox, read by the ticker.
  private volatile Instant wakeAt;

  private @Nullable Session session;
  private @Nullable Instant unreadSince;
  private boolean closed;

  /// What is there once the client is admitted.
  private record Session(
      String nodeId, SnapshotFeed feed, SnapshotFeed.Registration registration, XdsStream stream) {}

  AdsCall(
      long id,
      Encoding encoding,
      ServerCall<ByteString, Response> call,
      Admission.PeerCertificate peer,
      Instant certificateExpiry,
      AdsService service) {
    this.id = id;
    this.encoding = encoding;
    this.call = call;
    this.peer = peer;
    this.certificateExpiry = certificateExpiry;
    this.service = service;
    this.mailbox = new Mailbox(service.threads());
    this.wakeAt = certificateExpiry;
  }

  Admission.PeerCertificate peer() {
    return peer;
  }

  @Override
  public void onMessage(ByteString message) {
    run(() -> receive(message));
  }

  @Override
  public void onReady() {
    run(this::pump);
  }

  @Override
  public void onHalfClose() {
    run(() -> close(Status.OK, "the client ended the stream"));
  }

  @Override
  public void onCancel() {
    run(() -> closed("the client went away"));
  }

  /// The feed has something else.
  private void onChange() {
    if (changed.compareAndSet(false, true)) {
      run(this::refresh);
    }
  }

  /// Called often, from the ticker's thread.
  void onTick(Instant now) {
    if (!now.isBefore(wakeAt)) {
      wakeAt = Instant.MAX;
      run(() -> tick(now));
    }
  }

  /// Ends the stream, so that the client goes elsewhere.
  void onShutdown() {
    run(() -> close(Status.UNAVAILABLE, "the control plane is stopping"));
  }

  private void run(Runnable task) {
    mailbox.execute(() -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        service.faults().accept(e);
        close(Status.INTERNAL, "a fault of the control plane ended the stream");
      }
    });
  }

  private void receive(ByteString message) {
    if (closed) {
      return;
    }
    Requests.Received received;
    try {
      received = Requests.read(encoding, message);
    } catch (InvalidProtocolBufferException e) {
      close(Status.INVALID_ARGUMENT, "the request is no discovery request");
      return;
    }
    Session admitted = session == null ? admit(received.node()) : session;
    if (admitted == null) {
      return;
    }
    session = admitted;
    if (received.node().map(Node::getId).filter(claimed -> !claimed.isEmpty()).stream()
        .anyMatch(claimed -> !claimed.equals(admitted.nodeId()))) {
      close(Status.PERMISSION_DENIED, "a stream's node can't become another");
      return;
    }
    if (received.typeUrl().isEmpty()) {
      close(Status.INVALID_ARGUMENT, "type_url is required on an aggregated stream");
      return;
    }
    // A type that is not served gets no answer; the client goes on without it.
    Optional<String> refusal = received.request().flatMap(admitted.stream()::receive);
    if (refusal.isPresent()) {
      close(Status.RESOURCE_EXHAUSTED, refusal.get());
      return;
    }
    call.request(1);
    pump();
  }

  private @Nullable Session admit(Optional<Node> node) {
    if (node.isEmpty() || node.get().getId().isEmpty()) {
      close(Status.INVALID_ARGUMENT, "the first request has no node.id");
      return null;
    }
    Admission.Claims claims;
    try {
      claims = Requests.claims(node.get(), service.limits());
    } catch (IllegalArgumentException e) {
      close(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
      return null;
    }
    return switch (service.admission().admit(peer, claims)) {
      case Admission.Refused refused -> {
        close(Status.PERMISSION_DENIED, refused.reason());
        yield null;
      }
      case Admission.NotReady notReady -> {
        close(Status.UNAVAILABLE, notReady.reason());
        yield null;
      }
      case Admission.Admitted admitted -> open(admitted, claims);
    };
  }

  private Session open(Admission.Admitted admitted, Admission.Claims claims) {
    service.events().connected(id, admitted.proxy(), encoding.label(), claims.userAgent());
    SnapshotFeed feed = admitted.feed();
    SnapshotFeed.Registration registration = feed.onChange(this::onChange);
    XdsStream stream =
        new XdsStream(
            id,
            encoding,
            service.limits().pace(),
            service.events(),
            feed.current(),
            service.clock().instant());
    call.sendHeaders(new Metadata());
    return new Session(claims.id(), feed, registration, stream);
  }

  private void refresh() {
    changed.set(false);
    if (session != null && !closed) {
      session.stream().offer(session.feed().current());
      pump();
    }
  }

  private void tick(Instant now) {
    if (closed) {
      return;
    }
    if (!now.isBefore(certificateExpiry)) {
      close(Status.UNAUTHENTICATED, "the client certificate has expired");
      service.endConnection(peerAddress());
      return;
    }
    if (unreadSince != null && !now.isBefore(unreadSince.plus(service.limits().drain()))) {
      close(Status.ABORTED, "the client does not read what it is sent");
      service.endConnection(peerAddress());
      return;
    }
    if (session != null) {
      session.stream().tick(now);
    }
    pump();
  }

  private java.net.@Nullable SocketAddress peerAddress() {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
  }

  /// Sends what may go, as long as the client reads.
  private void pump() {
    if (session == null || closed) {
      return;
    }
    Instant now = service.clock().instant();
    boolean ready = call.isReady();
    while (ready) {
      Optional<Response> response = session.stream().next(now);
      if (response.isEmpty()) {
        break;
      }
      call.sendMessage(response.get());
      ready = call.isReady();
    }
    if (ready) {
      unreadSince = null;
    } else if (unreadSince == null) {
      unreadSince = now;
    }
    Instant wake = session.stream().wakeAt(now).orElse(Instant.MAX);
    if (unreadSince != null) {
      wake = earlier(wake, unreadSince.plus(service.limits().drain()));
    }
    wakeAt = earlier(wake, certificateExpiry);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private void close(Status status, String reason) {
    if (!closed) {
      call.close(status.withDescription(reason), new Metadata());
      closed(reason);
    }
  }

  private void closed(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    wakeAt = Instant.MAX;
    service.remove(this);
    if (session != null) {
      session.registration().close();
      service.events().disconnected(id, reason);
      session = null;
    }
  }
}
