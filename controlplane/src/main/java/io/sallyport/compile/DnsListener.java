package io.sallyport.compile;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DnsResolverOptions;
import io.envoyproxy.envoy.config.core.v3.SocketAddress.Protocol;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.UdpListenerConfig;
import io.envoyproxy.envoy.data.dns.v3.DnsTable;
import io.envoyproxy.envoy.data.dns.v3.DnsTable.AddressList;
import io.envoyproxy.envoy.data.dns.v3.DnsTable.DnsEndpoint;
import io.envoyproxy.envoy.data.dns.v3.DnsTable.DnsVirtualDomain;
import io.envoyproxy.envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig;
import io.envoyproxy.envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig.ClientContextConfig;
import io.envoyproxy.envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig.ServerContextConfig;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.sallyport.compile.filter.Extensions;
import io.sallyport.mesh.ScopeView.OutboundTcp;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.Origin;
import io.sallyport.snapshot.ResourceType;
import io.sallyport.snapshot.VersionedResource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A sidecar's answers to its application's DNS (UDP). A host that rules give a virtual address has
/// that one; every other name is asked of the machine's own resolvers, which does not mean that it
/// can be reached.
final class DnsListener {
  /// The shortest that Envoy takes. Addresses never change, but whether a name has one does.
  private static final int TTL_SECONDS = 30;

  private static final int LOOKUP_SECONDS = 5;
  private static final int LOOKUP_TRIES = 2;
  private static final int PENDING_LOOKUPS = 1024;

  private DnsListener() {}

  static VersionedResource compile(SidecarView view) {
    SortedMap<String, String> addresses = new TreeMap<>();
    for (OutboundTcp to : view.tcp()) {
      to.virtualAddress().ifPresent(address -> addresses.put(to.host(), address));
    }
    Listener listener =
        Listener.newBuilder()
            .setName(Names.DNS_LISTENER)
            .setAddress(udp(Addresses.ofHostAndPort(view.scope().listen().dns())))
            .setUdpListenerConfig(UdpListenerConfig.getDefaultInstance())
            .addListenerFilters(
                ListenerFilter.newBuilder()
                    .setName("envoy.filters.udp.dns_filter")
                    .setTypedConfig(Extensions.any(filter(addresses))))
            .build();
    List<Origin> origins =
        view.tcp().stream()
            .filter(to -> to.virtualAddress().isPresent())
            .flatMap(to -> to.grants().stream())
            .toList();
    return VersionedResource.of(
        ResourceType.LISTENER, Names.DNS_LISTENER, listener, Grants.origins(origins));
  }

  private static Address udp(Address address) {
    Address.Builder udp = address.toBuilder();
    udp.getSocketAddressBuilder().setProtocol(Protocol.UDP);
    return udp.build();
  }

  private static DnsFilterConfig filter(SortedMap<String, String> addresses) {
    DnsTable.Builder table = DnsTable.newBuilder();
    addresses.forEach((host, address) ->
        table.addVirtualDomains(
            DnsVirtualDomain.newBuilder()
                .setName(host)
                .setAnswerTtl(Durations.fromSeconds(TTL_SECONDS))
                .setEndpoint(
                    DnsEndpoint.newBuilder()
                        .setAddressList(AddressList.newBuilder().addAddress(address)))));
    CaresDnsResolverConfig resolver =
        CaresDnsResolverConfig.newBuilder()
            .setQueryTimeoutSeconds(UInt64Value.of(LOOKUP_SECONDS))
            .setQueryTries(UInt32Value.of(LOOKUP_TRIES))
            // the application has added its search domains itself
            .setDnsResolverOptions(DnsResolverOptions.newBuilder().setNoDefaultSearchDomain(true))
            .build();
    return DnsFilterConfig.newBuilder()
        .setStatPrefix(Names.DNS_LISTENER)
        .setServerConfig(ServerContextConfig.newBuilder().setInlineDnsTable(table))
        .setClientConfig(
            ClientContextConfig.newBuilder()
                .setResolverTimeout(Durations.fromSeconds(LOOKUP_SECONDS * LOOKUP_TRIES))
                .setMaxPendingLookups(PENDING_LOOKUPS)
                .setTypedDnsResolverConfig(
                    Extensions.extension("envoy.network.dns_resolver.cares", resolver)))
        .build();
  }
}
