package io.sallyport.compile;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.sallyport.compile.filter.HeaderRemoval;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;

/// The messages that may stand inside an `Any` of our resources. Each brings along what its file
/// imports.
final class EnvoyTypes {
  /// Where two files have one name, the first counts: the amended header mutation filter, and
  /// before all the amended DNS cache.
  private static final List<Descriptor> DESCRIPTORS =
      List.of(
          HeaderRemoval.DESCRIPTOR,
          Listener.getDescriptor(),
          RouteConfiguration.getDescriptor(),
          Cluster.getDescriptor(),
          ClusterLoadAssignment.getDescriptor(),
          Secret.getDescriptor(),
          DownstreamTlsContext.getDescriptor(),
          HttpProtocolOptions.getDescriptor(),
          DnsCluster.getDescriptor(),
          CaresDnsResolverConfig.getDescriptor(),
          OriginalDst.getDescriptor(),
          ProxyProtocol.getDescriptor(),
          TlsInspector.getDescriptor(),
          HttpInspector.getDescriptor(),
          TcpProxy.getDescriptor(),
          io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config.getDescriptor(),
          io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config.getDescriptor(),
          HttpConnectionManager.getDescriptor(),
          io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor(),
          InternalUpstreamTransport.getDescriptor(),
          RawBuffer.getDescriptor(),
          StdoutAccessLog.getDescriptor(),
          ExpressionFilter.getDescriptor(),
          RBACPerRoute.getDescriptor(),
          LocalRateLimit.getDescriptor(),
          io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor.getDescriptor(),
          UriTemplateMatchConfig.getDescriptor(),
          UpstreamCodec.getDescriptor(),
          io.envoyproxy.envoy.extensions.rbac.principals.mtls_authenticated.v3.Config
              .getDescriptor(),
          Router.getDescriptor(),
          PreviousHostsPredicate.getDescriptor(),
          PreviousPrioritiesConfig.getDescriptor());

  static final TypeRegistry REGISTRY =
      TypeRegistry.newBuilder().add(DnsCaches.descriptors()).add(DESCRIPTORS).build();

  private EnvoyTypes() {}

  static Message parse(VersionedResource resource) throws InvalidProtocolBufferException {
    ByteString bytes = resource.body().getValue();
    return switch (resource.type()) {
      case CLUSTER -> Cluster.parseFrom(bytes);
      case ENDPOINT -> ClusterLoadAssignment.parseFrom(bytes);
      case SECRET -> Secret.parseFrom(bytes);
      case LISTENER -> Listener.parseFrom(bytes);
      case ROUTE -> RouteConfiguration.parseFrom(bytes);
    };
  }
}
