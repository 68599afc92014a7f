package io.sallyport.policy;

import java.util.List;

/// A gateway: Gateway API `Gateway`, or ASM's `IstioGateway`, which is another spelling of it.
///
/// @param kind [Kind#GATEWAY] or [Kind#ISTIO_GATEWAY]
public record Gateway(
    Kind kind, Metadata metadata, GatewayClass gatewayClass, List<Listener> listeners)
    implements Resource {
  /// The port that every egress gateway has, for hops that name none. What passes there is TLS that
  /// the application started.
  public static final Listener MESH_LISTENER = new Listener("mesh-tls", 15443, Protocol.TLS);

  public Gateway {
    listeners = List.copyOf(listeners);
  }

  /// Which way traffic flows through it.
  public enum GatewayClass {
    SALLYPORT_EGRESS,
    SALLYPORT_INGRESS
  }

  /// What a listener carries inside the mesh's mutual TLS.
  public enum Protocol {
    HTTP,
    HTTPS,
    TLS,
    TCP
  }

  /// One port of a gateway.
  public record Listener(String name, int port, Protocol protocol) {}
}
