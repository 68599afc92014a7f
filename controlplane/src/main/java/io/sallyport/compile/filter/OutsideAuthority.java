package io.sallyport.compile.filter;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;

/// Lets an outside server of which only a wildcard is known hear its port, where that is not the
/// scheme's (RFC 9110, section 7.2): the hops before stripped it, and no route can say "the host
/// that was asked for, and this port". So a header takes it from the filters to the router, which
/// makes it the authority, and is removed behind it.
public final class OutsideAuthority {
  /// The filter of a listener that [#withPort] is for.
  public static final String FILTER = MeshHeaders.NAME;

  /// The header; a client's own is overwritten.
  public static final String HEADER = "x-sallyport-authority";

  private OutsideAuthority() {}

  /// For a route that takes the host from [#HEADER].
  public static Any withPort(int port) {
    HeaderMutation.Builder mutation = HeaderMutation.newBuilder();
    mutation.setAppend(
        HeaderValueOption.newBuilder()
            .setHeader(
                HeaderValue.newBuilder().setKey(HEADER).setValue("%REQ(:AUTHORITY)%:" + port))
            .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD));
    return Extensions.any(
        HeaderMutationPerRoute.newBuilder()
            .setMutations(Mutations.newBuilder().addRequestMutations(mutation))
            .build());
  }
}
