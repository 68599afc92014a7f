package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue.SharedWithUpstream;
import io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config;

/// Hands a client's address on to the inner listener, which would see none, so that the two log
/// lines of one connection can be joined.
public final class ClientAddress {
  private ClientAddress() {}

  public static Filter filter(String key) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.set_filter_state")
        .setTypedConfig(
            Extensions.any(
                Config.newBuilder()
                    .addOnNewConnection(
                        FilterStateValue.newBuilder()
                            .setObjectKey(key)
                            .setFactoryKey("envoy.string")
                            .setSharedWithUpstream(SharedWithUpstream.ONCE)
                            .setFormatString(
                                SubstitutionFormatString.newBuilder()
                                    .setTextFormatSource(
                                        DataSource.newBuilder()
                                            .setInlineString("%DOWNSTREAM_REMOTE_ADDRESS%"))))
                    .build()))
        .build();
  }
}
