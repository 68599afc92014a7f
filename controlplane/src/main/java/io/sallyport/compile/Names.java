package io.sallyport.compile;

import io.sallyport.mesh.ServicePort;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside.ClientCertificate;
import io.sallyport.policy.WildcardHost;

/// Every name that appears in the configuration of a proxy, in one place. Where Istio has a name
/// for the same thing, it is that name, so that dashboards and habits carry over.
public final class Names {
  /// A cluster without endpoints: what is sent to it is reset, and its name stands in the log.
  public static final String BLACK_HOLE_CLUSTER = "BlackHoleCluster";

  /// A sidecar's capture listener.
  public static final String VIRTUAL_OUTBOUND = "virtualOutbound";

  /// The chain that swallows whoever dials the capture port itself.
  public static final String CAPTURE_GUARD_CHAIN = "virtualOutbound-blackhole";

  /// The chain of everything that looks like plain HTTP, whatever its port.
  public static final String OUTBOUND_HTTP_CHAIN = "virtualOutbound-http";

  /// The chain of everything else.
  public static final String OUTBOUND_OTHER_CHAIN = "virtualOutbound-catchall-tcp";

  /// A sidecar's listener for its application's DNS.
  public static final String DNS_LISTENER = "dns";

  /// The filter states that tell a gateway's inner listeners who is outside: the client's address
  /// with its port, the URI SAN of its certificate, its address, and the one that it dialled.
  public static final String CLIENT_ADDRESS_STATE = "sallyport.client_address";

  public static final String CLIENT_STATE = "sallyport.client";
  public static final String CLIENT_IP_STATE = "sallyport.client_ip";
  public static final String GATEWAY_IP_STATE = "sallyport.gateway_ip";

  /// A sidecar's route configuration.
  public static final String OUTBOUND_ROUTES = "outbound_http";

  /// The virtual host and the routes that refuse.
  public static final String BLOCK_ALL = "block_all";

  /// The cluster that leads wherever the application dialled.
  public static final String PASSTHROUGH_CLUSTER = "PassthroughCluster";

  /// The virtual host and the routes of what no rule names, where the mesh lets that out.
  public static final String ALLOW_ANY = "allow_any";

  /// What stands in place of a policy and a rule where the mesh lets everything out.
  public static final String ANY_RULE = "allow-any";

  /// What stands in place of a policy and a rule where none allowed anything.
  public static final String NO_RULE = "no-rule";

  /// The metadata namespace under which a route says which policy and rule it comes from.
  public static final String METADATA = "sallyport";

  /// The key in it of the ALLOW policies that hold at a gateway's port.
  public static final String ALLOW_POLICIES = "allow_policies";

  /// The connection's filter state that holds the port which the application dialled.
  public static final String DESTINATION_PORT_STATE = "sallyport.destination_port";

  /// A gateway's listener inside itself for destinations that it does not have, and its cluster.
  public static final String INNER_NOWHERE = "inner_nowhere";

  /// The SDS name of a proxy's own certificate.
  public static final String CERTIFICATE_SECRET = "default";

  /// The SDS name of those who may sign certificates of outside hosts.
  public static final String EXTERNAL_ROOTS_SECRET = "external-roots";

  /// The SDS name of the trust bundle.
  public static final String TRUST_BUNDLE_SECRET = "ROOTCA";

  private static final String OUTSIDE_ROOTS = "outside-roots|";
  private static final String CLIENT_CERTIFICATE = "client-certificate|";

  private Names() {}

  /// The SDS name of those whom a rule lets sign certificates of its hosts.
  public static String outsideRoots(String caFile) {
    return OUTSIDE_ROOTS + caFile;
  }

  /// The SDS name of what a gateway shows to the hosts of a rule.
  public static String clientCertificate(ClientCertificate certificate) {
    return CLIENT_CERTIFICATE
        + switch (certificate) {
          case ClientCertificate.Files(String chain, String key) -> chain + "|" + key;
          case ClientCertificate.SecretRef(String namespace, String name) ->
              "secret|" + namespace + "/" + name;
        };
  }

  static boolean isOutsideRoots(String secret) {
    return secret.startsWith(OUTSIDE_ROOTS);
  }

  static boolean isClientCertificate(String secret) {
    return secret.startsWith(CLIENT_CERTIFICATE);
  }

  /// The cluster that is one port of a service of the mesh; also the name of its endpoints.
  public static String serviceCluster(ServicePort service) {
    return "outbound|" + service.port() + "||" + service.name() + "." + service.namespace();
  }

  /// The server name that the hop to that service asks for (Istio's default SNI).
  public static String serviceSni(ServicePort service) {
    return "outbound_." + service.port() + "_._." + service.name() + "." + service.namespace();
  }

  /// The cluster of the hops that carry TLS to one port of an outside host (Istio's name).
  public static String tunnelCluster(String host, int port) {
    return "outbound|" + port + "||" + host;
  }

  /// The server name that such a hop asks for, by which the gateway knows where it is to go.
  public static String tunnelSni(String host, int port) {
    return "outbound_." + port + "_._." + host;
  }

  /// A sidecar's chain for TLS to one port of an outside host, and the gateway's.
  public static String tunnelChain(String host, int port) {
    return "tls_" + port + "_" + host;
  }

  /// The cluster of the hops to a gateway's port that carry bytes of any kind.
  static String tcpCluster(ServicePort service) {
    return "outbound|" + service.port() + "|tcp|" + service.name() + "." + service.namespace();
  }

  /// The server name that such a hop asks for; where the bytes are to go is said within.
  static String tcpSni(ServicePort service) {
    return "outbound_." + service.port() + "_.tcp_." + service.name() + "." + service.namespace();
  }

  /// A sidecar's chain for what dials the addresses of an outside host.
  static String tcpChain(String host, int port) {
    return "tcp_" + port + "_" + host;
  }

  /// A gateway's chain and routes for bytes of any kind, on one of its ports.
  static String egressTcp(int port) {
    return egressListener(port) + "_tcp";
  }

  /// `HOST:PORT` as an HTTP authority: an IPv6 address stands in brackets (RFC 3986). For a
  /// wildcard it is a name below its domain that no host has.
  static String authority(String host, int port) {
    String name = WildcardHost.isWildcard(host) ? "wildcard-." + WildcardHost.domain(host) : host;
    return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
  }

  /// A sidecar's chain for plain HTTP on a port that has chains for TLS too.
  public static String outboundHttpChain(int port) {
    return OUTBOUND_HTTP_CHAIN + "_" + port;
  }

  /// A gateway's listener inside itself, where the TLS within the hop is looked at.
  public static String innerListener(String host, int port) {
    return "inner_" + port + "_" + host;
  }

  /// A gateway's listener inside itself, where policies are asked about hosts below a wildcard that
  /// are reached by that port of the gateway; also the cluster that leads there.
  static String policyListener(int gatewayPort, String host, int port) {
    return "policies_" + gatewayPort + "_" + port + "_" + host;
  }

  /// The cluster that leads to that listener.
  public static String innerCluster(String host, int port) {
    return "inner|" + port + "||" + host;
  }

  /// The cluster that is one port of an outside host, for HTTP.
  public static String externalCluster(String host, int port) {
    return "external|" + port + "||" + host;
  }

  /// The same where the gateway starts TLS.
  public static String externalTlsCluster(String host, int port) {
    return "external|" + port + "|tls|" + host;
  }

  /// The same for TLS that an application started.
  public static String externalTunnelCluster(String host, int port) {
    return "external|" + port + "|tunnel|" + host;
  }

  /// The same of a host below a wildcard that has fixed addresses.
  public static String externalAliasCluster(String host, int port) {
    return "external|" + port + "|alias|" + host;
  }

  /// A gateway's listener on one of its ports (as documents name the port), and its routes.
  public static String egressListener(int port) {
    return "egress_" + port;
  }

  /// The named RBAC policy that one rule becomes: `NS/NAME#FIELD`.
  public static String rbacPolicy(Origin origin) {
    return origin.resource().qualifiedName() + "#" + origin.field().text();
  }
}
