package io.sallyport.compile;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.sallyport.compile.filter.Rbac;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.GatewayListener;
import io.sallyport.mesh.ScopeView.Grant;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where a gateway's port leads: by host, for the workloads that a rule grants it to. A host that
/// nobody was granted and a host that others were granted are refused alike (403, by RBAC), so that
/// a stranger learns nothing of other workloads' hosts.
final class EgressRoutes {
  private static final int FORBIDDEN = 403;
  private static final int HTTP_PORT = 80;

  private EgressRoutes() {}

  static VersionedResource compile(GatewayListener listener) {
    String name = Names.egressListener(listener.port());
    RouteConfiguration.Builder configuration = Routes.configuration(name);
    List<Origin> origins = new ArrayList<>();
    listener.routes().stream()
        .sorted(Comparator.comparing(ExternalRoute::host))
        .forEach(route -> {
          configuration.addVirtualHosts(virtualHost(route));
          origins.addAll(rules(route));
        });
    configuration.addVirtualHosts(Routes.refuseOtherHosts(FORBIDDEN));
    return VersionedResource.of(
        ResourceType.ROUTE, name, configuration.build(), Grants.origins(origins));
  }

  private static VirtualHost virtualHost(ExternalRoute route) {
    return VirtualHost.newBuilder()
        .setName(route.host())
        .addDomains(route.host())
        .addRoutes(
            Route.newBuilder()
                .setName(route.host() + ":" + route.port())
                .setMatch(Routes.anyPath())
                .setRoute(
                    Routes.to(Names.externalCluster(route.host(), route.port()))
                        .setHostRewriteLiteral(authority(route)))
                .setMetadata(Grants.metadata(rules(route)))
                .putTypedPerFilterConfig(Rbac.NAME, Rbac.allow(principals(route))))
        .build();
  }

  /// The host as the outside server is to hear it: the rule's own spelling, with the port where it
  /// is not HTTP's (RFC 9110, section 7.2); the hops before stripped it.
  private static String authority(ExternalRoute route) {
    return route.port() == HTTP_PORT ? route.host() : route.host() + ":" + route.port();
  }

  static List<Origin> rules(ExternalRoute route) {
    return route.grants().stream().map(Grant::origin).sorted().toList();
  }

  private static SortedMap<String, SortedSet<String>> principals(ExternalRoute route) {
    SortedMap<String, SortedSet<String>> principals = new TreeMap<>();
    for (Grant grant : route.grants()) {
      principals
          .computeIfAbsent(Names.rbacPolicy(grant.origin()), _ -> new TreeSet<>())
          .addAll(grant.principals());
    }
    return principals;
  }
}
