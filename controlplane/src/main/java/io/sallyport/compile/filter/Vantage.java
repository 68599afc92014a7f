package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.type.matcher.v3.AddressMatcher;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.sallyport.compile.Names;

/// From where RBAC looks at a client: the hop has its certificate and its addresses; within the hop
/// there is what [HopClient] noted.
enum Vantage {
  HOP {
    @Override
    Principal peer(StringMatcher id) {
      return Rbac.peer(id);
    }

    @Override
    Principal source(CidrRange range) {
      return Principal.newBuilder().setDirectRemoteIp(range).build();
    }

    @Override
    Principal remote(CidrRange range) {
      return Principal.newBuilder().setRemoteIp(range).build();
    }
  },

  WITHIN_HOP {
    @Override
    Principal peer(StringMatcher id) {
      return state(FilterStateMatcher.newBuilder().setKey(Names.CLIENT_STATE).setStringMatch(id));
    }

    @Override
    Principal source(CidrRange range) {
      return address(Names.CLIENT_IP_STATE, range);
    }

    /// No proxy stands before a gateway, whose word would count.
    @Override
    Principal remote(CidrRange range) {
      return source(range);
    }
  };

  /// The client whose verified certificate has such a URI SAN.
  abstract Principal peer(StringMatcher id);

  /// The client at the connection's other end.
  abstract Principal source(CidrRange range);

  /// The client, as trusted proxies before this one say.
  abstract Principal remote(CidrRange range);

  /// Within the hop, the address at which the gateway was dialled.
  static Principal gateway(CidrRange range) {
    return address(Names.GATEWAY_IP_STATE, range);
  }

  private static Principal address(String key, CidrRange range) {
    return state(
        FilterStateMatcher.newBuilder()
            .setKey(key)
            .setAddressMatch(
                AddressMatcher.newBuilder()
                    .addRanges(
                        com.github.xds.core.v3.CidrRange.newBuilder()
                            .setAddressPrefix(range.getAddressPrefix())
                            .setPrefixLen(range.getPrefixLen()))));
  }

  private static Principal state(FilterStateMatcher.Builder matcher) {
    return Principal.newBuilder().setFilterState(matcher).build();
  }
}
