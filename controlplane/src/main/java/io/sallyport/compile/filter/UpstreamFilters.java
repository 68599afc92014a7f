package io.sallyport.compile.filter;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;

/// The filters of a cluster, between the router and the outside server.
public final class UpstreamFilters {
  private UpstreamFilters() {}

  /// Of hosts below a wildcard. The first has no rules and does nothing: it came with Envoy 1.39,
  /// as did the refusal of addresses, and whoever does not know it refuses the cluster. The second
  /// has a name of its own, for under that of the listener's filter it would do what the route asks
  /// of that one.
  public static List<HttpFilter> ofWildcard() {
    return List.of(
        filter("envoy.filters.http.upstream_rbac", RBAC.getDefaultInstance()),
        filter(
            "sallyport.authority",
            io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                .newBuilder()
                .setMutations(
                    Mutations.newBuilder()
                        .addRequestMutations(
                            HeaderMutation.newBuilder().setRemove(OutsideAuthority.HEADER)))
                .build()),
        filter("envoy.filters.http.upstream_codec", UpstreamCodec.getDefaultInstance()));
  }

  private static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Extensions.any(config)).build();
  }
}
