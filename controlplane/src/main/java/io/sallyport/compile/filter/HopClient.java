package io.sallyport.compile.filter;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue.SharedWithUpstream;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config;
import io.sallyport.compile.Names;
import java.util.List;

/// What a gateway knows of a hop's client, handed on to the listeners within, which would see none
/// of it. The texts are of the kind that Envoy keeps connections apart by, so that no connection to
/// a listener within is ever used for another client than the one that it was opened for.
public final class HopClient {
  private static final String TEXT = "envoy.hashable_string";
  private static final String ADDRESS = "envoy.network.ip";

  private HopClient() {}

  /// For a hop that carries bytes: the client's address, so that the two log lines of one
  /// connection can be joined. Who it is is not known yet when this is noted.
  public static Filter ofConnection() {
    return Filter.newBuilder()
        .setName("envoy.filters.network.set_filter_state")
        .setTypedConfig(
            Extensions.any(Config.newBuilder().addOnNewConnection(clientAddress()).build()))
        .build();
  }

  /// For a hop that carries a CONNECT for each connection: also who the client is, by the URI SAN
  /// of its certificate, and the addresses that policies may ask for.
  static HttpFilter ofRequest() {
    return HttpFilter.newBuilder()
        .setName("envoy.filters.http.set_filter_state")
        .setTypedConfig(
            Extensions.any(
                io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config.newBuilder()
                    .addAllOnRequestHeaders(
                        List.of(
                            clientAddress(),
                            value(Names.CLIENT_STATE, TEXT, AccessLogs.PEER_URI_SAN),
                            value(
                                Names.CLIENT_IP_STATE,
                                ADDRESS,
                                "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"),
                            value(
                                Names.GATEWAY_IP_STATE,
                                ADDRESS,
                                "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%")))
                    .build()))
        .build();
  }

  private static FilterStateValue clientAddress() {
    return value(Names.CLIENT_ADDRESS_STATE, TEXT, "%DOWNSTREAM_REMOTE_ADDRESS%");
  }

  private static FilterStateValue value(String key, String kind, String format) {
    return FilterStateValue.newBuilder()
        .setObjectKey(key)
        .setFactoryKey(kind)
        // a listener within may lead to another one
        .setSharedWithUpstream(SharedWithUpstream.TRANSITIVE)
        .setFormatString(
            SubstitutionFormatString.newBuilder()
                .setTextFormatSource(DataSource.newBuilder().setInlineString(format)))
        .build();
  }
}
