package io.sallyport.mesh;

import io.sallyport.mesh.ServiceEndpoints.Endpoint;
import io.sallyport.policy.Gateway.Listener;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.Kind;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Outside;
import io.sallyport.policy.Outside.ClientCertificate;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.TlsSecret;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The mesh as it is in force: every workload, every gateway and every route, joined. Immutable;
/// two models of the same mesh are equal, wherever their documents stand.
public final class MeshModel {
  /// A mesh of which nothing is known.
  public static final MeshModel EMPTY = link(ResourceImage.EMPTY).model();

  private final MeshConfig config;
  private final Gateways gateways;
  private final Registry registry;
  private final EgressRoutes routes;
  private final Authorizations authorizations;
  private final SortedMap<ResourceKey, TlsSecret> secrets;
  private final Scopes scopes;
  private final SidecarViews sidecarViews;
  private final GatewayViews gatewayViews;

  MeshModel(
      MeshConfig config,
      Gateways gateways,
      Registry registry,
      EgressRoutes routes,
      Authorizations authorizations,
      SortedMap<ResourceKey, TlsSecret> secrets) {
    this.authorizations = authorizations;
    this.secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
    this.config = config;
    this.gateways = gateways;
    this.registry = registry;
    this.routes = routes;
    this.scopes = new Scopes(registry, routes, authorizations);
    this.sidecarViews = new SidecarViews(config, registry, routes);
    this.gatewayViews = new GatewayViews(config, gateways, registry, routes, authorizations);
  }

  /// Joins what users wrote. A function of the image and of nothing else; a user's mistake becomes
  /// a problem and is out of force in its own scope.
  public static Linked link(ResourceImage image) {
    return Linker.link(image);
  }

  public MeshConfig config() {
    return config;
  }

  /// The workload of that namespace and name, with the kind of its proxy: an egress gateway's where
  /// its label `gateway.networking.k8s.io/gateway-name` names an egress gateway of its namespace,
  /// else a sidecar.
  public Optional<Workload> workload(String namespace, String name) {
    return registry.workload(namespace, name);
  }

  /// The scope that a workload's proxy shares with all proxies of the same configuration.
  public Scope scope(Workload workload, ListenOptions options) {
    return scopes.of(workload, options);
  }

  /// What the proxies of a scope may see. Where no workload of the mesh is of that scope (any
  /// more), that is nothing.
  public ScopeView view(Scope scope) {
    if (!scopes.isLive(scope)) {
      return emptyView(scope);
    }
    return switch (scope.kind()) {
      case SIDECAR -> sidecarViews.view(scope);
      case EGRESS_GATEWAY -> gatewayViews.view(scope);
      case INGRESS_GATEWAY -> throw notAScope(scope);
    };
  }

  /// What a proxy of that scope may see once its workload is gone from the mesh, even where others
  /// still share the scope: no route.
  public ScopeView emptyView(Scope scope) {
    return switch (scope.kind()) {
      case SIDECAR -> sidecarViews.empty(scope);
      case EGRESS_GATEWAY -> gatewayViews.empty(scope);
      case INGRESS_GATEWAY -> throw notAScope(scope);
    };
  }

  private static IllegalArgumentException notAScope(Scope scope) {
    return new IllegalArgumentException("no workload has a scope of kind " + scope.kind());
  }

  /// Where a gateway's port can be reached: the addresses of its proxies, and the ports that they
  /// really listen on. No endpoints for what is not there, and none for a proxy whose address is
  /// not an IP literal.
  public ServiceEndpoints endpoints(ServicePort service) {
    GatewayName name = new GatewayName(service.namespace(), service.name());
    Optional<Listener> listener = gateways.listener(name, service.port());
    if (listener.isEmpty()) {
      return new ServiceEndpoints(service, List.of());
    }
    List<Endpoint> endpoints =
        registry.proxies(name).stream()
            .filter(proxy -> IpLiteral.isIp(proxy.entry().address()))
            .map(proxy ->
                new Endpoint(
                    proxy.entry().address(),
                    Gateways.bindPort(listener.get(), proxy.entry().ports())))
            .distinct()
            .sorted(Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port))
            .toList();
    return new ServiceEndpoints(service, endpoints);
  }

  /// The files that rules in force name for TLS to outside hosts, in no order.
  public List<OutsideFiles> outsideFiles() {
    Map<Outside.Tls, SortedSet<OutsideFiles.Account>> readers = new HashMap<>();
    for (EgressRoute route : routes.all()) {
      if (route instanceof EgressRoute.Http http && http.outside().tls().hasFiles()) {
        SortedSet<OutsideFiles.Account> accounts =
            readers.computeIfAbsent(http.outside().tls(), _ -> new TreeSet<>());
        for (Workload proxy : registry.proxies(GatewayName.of(http.hop()))) {
          accounts.add(new OutsideFiles.Account(proxy.namespace(), proxy.serviceAccount()));
        }
      }
    }
    return readers.entrySet().stream()
        .map(entry -> new OutsideFiles(entry.getKey(), entry.getValue()))
        .toList();
  }

  /// The certificate and key that a rule refers to.
  public Optional<TlsSecret> secret(ClientCertificate.SecretRef ref) {
    return Optional.ofNullable(
        secrets.get(new ResourceKey(Kind.SECRET, ref.namespace(), ref.name())));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MeshModel model
        && config.equals(model.config)
        && gateways.equals(model.gateways)
        && registry.equals(model.registry)
        && routes.equals(model.routes)
        && authorizations.equals(model.authorizations)
        && secrets.equals(model.secrets);
  }

  @Override
  public int hashCode() {
    return 31 * registry.hashCode() + routes.hashCode();
  }
}
