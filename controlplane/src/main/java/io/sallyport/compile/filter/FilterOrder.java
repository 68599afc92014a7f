package io.sallyport.compile.filter;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.policy.AuthorizationPolicy.Action;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The order of filters, for every kind of chain, in this one place.
public final class FilterOrder {
  private FilterOrder() {}

  /// Before a chain is chosen. First the original destination, since chains and logs are about it;
  /// then TLS, then HTTP: the HTTP inspector does not look at what the TLS inspector recognised.
  ///
  /// @param silent ports on which nobody looks at the bytes, since servers may speak first there
  public static List<ListenerFilter> capture(
      Interception interception, Collection<Integer> silent) {
    List<ListenerFilter> filters = new ArrayList<>();
    filters.add(
        switch (interception) {
          case REDIRECT, TPROXY -> Inspectors.originalDestination();
          case PROXY_PROTOCOL -> Inspectors.proxyProtocol();
        });
    filters.add(Inspectors.except(silent, Inspectors.tls()));
    filters.add(Inspectors.except(silent, Inspectors.http()));
    return filters;
  }

  /// Before a gateway's handshake: only so that the log can tell which server name was asked for.
  public static List<ListenerFilter> egressListener() {
    return List.of(Inspectors.tls());
  }

  /// Within a hop that carries TLS: the server name that the application asks for.
  public static List<ListenerFilter> innerListener() {
    return List.of(Inspectors.tls());
  }

  /// A sidecar's outbound requests. The routes decide what may, some of them by rules of their own;
  /// no header of an application steers this Envoy or the gateway's.
  public static List<HttpFilter> outbound() {
    return List.of(
        http(Rbac.NAME, RBAC.getDefaultInstance()),
        unlessWanted(RateLimits.NAME, RateLimits.NONE),
        http(MeshHeaders.NAME, MeshHeaders.strip()),
        http(Router.NAME, Router.CONFIG));
  }

  /// An egress gateway's requests. Who may comes first, so that nothing is done for a stranger:
  /// authorization policies (audit, deny, allow), then the rules that grant routes, without which
  /// nothing is allowed, and how many requests they grant. What the mesh knows is taken out last,
  /// when nothing behind it can add to it or want it.
  public static List<HttpFilter> egress() {
    List<HttpFilter> filters = new ArrayList<>();
    for (Action action : Action.values()) {
      filters.add(http(Authorization.filterName(action), RBAC.getDefaultInstance()));
    }
    filters.add(http(Rbac.NAME, Rbac.DENY_ALL));
    filters.add(unlessWanted(RateLimits.NAME, RateLimits.NONE));
    filters.add(http(MeshHeaders.NAME, MeshHeaders.strip()));
    filters.add(http(Router.NAME, Router.CONFIG));
    return filters;
  }

  /// The same for connections that come as a CONNECT. Who has been allowed in is noted for the
  /// listeners within.
  public static List<HttpFilter> egressTcp() {
    List<HttpFilter> filters = new ArrayList<>(egress());
    filters.add(filters.size() - 1, HopClient.ofRequest());
    return filters;
  }

  /// Off, unless the route configuration has something for it.
  private static HttpFilter unlessWanted(String name, Message config) {
    return http(name, config).toBuilder().setDisabled(true).build();
  }

  private static HttpFilter http(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Extensions.any(config)).build();
  }
}
