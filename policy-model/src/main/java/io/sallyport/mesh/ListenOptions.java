package io.sallyport.mesh;

/// Where a proxy asked to listen and how traffic reaches it: the harmless part of its node
/// metadata, and all of it that counts.
///
/// @param outbound `address:port` of a sidecar's capture listener
/// @param inbound `address:port` of a sidecar's inbound listener
/// @param bind the address on which a gateway listens; empty: the workload's own
/// @param dns `address:port` on which a sidecar answers its application's DNS; empty: it does not
public record ListenOptions(
    Interception interception, String outbound, String inbound, String bind, String dns) {
  public static final ListenOptions DEFAULT =
      new ListenOptions(Interception.REDIRECT, "127.0.0.1:15001", "127.0.0.1:15006", "");

  public ListenOptions(Interception interception, String outbound, String inbound, String bind) {
    this(interception, outbound, inbound, bind, "");
  }

  /// How the original destination of a connection reaches the capture listener.
  public enum Interception {
    /// iptables REDIRECT; Envoy's `original_dst` listener filter.
    REDIRECT,
    /// iptables TPROXY; as above, on a transparent socket.
    TPROXY,
    /// a layer-4 shim in front sends a PROXY protocol header; no root needed.
    PROXY_PROTOCOL
  }
}
