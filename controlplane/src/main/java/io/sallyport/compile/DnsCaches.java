package io.sallyport.compile;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DnsLookupFamily;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.RefreshRate;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig;
import io.envoyproxy.envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig;
import io.envoyproxy.envoy.type.matcher.v3.AddressMatcher;
import io.envoyproxy.envoy.type.matcher.v3.AddressProto;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Where a gateway keeps the addresses of names below a wildcard. What is not to be dialled is
/// taken out of each answer of DNS before anything sees it (`resolved_address_filter`), so there is
/// no address that was checked and another that is dialled.
///
/// Envoy knows that field since 1.39, and the generated classes are older; so it is written as an
/// unknown field, and the files that hold it are read with it added.
final class DnsCaches {
  private static final String ADDRESS_FILTER = "resolved_address_filter";
  private static final int ADDRESS_FILTER_NUMBER = 16;
  private static final int MAX_NAMES = 10_000;
  private static final int DIGEST_BYTES = 6;

  /// How often a name is asked for that is in use, even where its TTL is less; and how long one
  /// without an address stays so.
  private static final int REFRESH_SECONDS = 5;

  private DnsCaches() {}

  /// @param name of whom it belongs to; no two share one, so that none can fill another's
  /// @param resolvers DNS servers; empty: the machine's own
  /// @param granted addresses that may be dialled though they are private
  static DnsCacheConfig of(String name, List<String> resolvers, List<AddressRange> granted) {
    AddressMatcher refused =
        AddressMatcher.newBuilder().addAllRanges(RefusedAddresses.except(granted)).build();
    DnsCacheConfig config =
        DnsCacheConfig.newBuilder()
            .setDnsLookupFamily(DnsLookupFamily.ALL)
            .setMaxHosts(UInt32Value.of(MAX_NAMES))
            .setDnsRefreshRate(Durations.fromSeconds(REFRESH_SECONDS))
            .setDnsMinRefreshRate(Durations.fromSeconds(REFRESH_SECONDS))
            .setDnsFailureRefreshRate(
                RefreshRate.newBuilder()
                    .setBaseInterval(Durations.fromSeconds(1))
                    .setMaxInterval(Durations.fromSeconds(REFRESH_SECONDS)))
            .setTypedDnsResolverConfig(ExternalClusters.resolver(resolvers))
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        ADDRESS_FILTER_NUMBER,
                        UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(refused.toByteString())
                            .build())
                    .build())
            .build();
    // Envoy keeps a cache by its name, and refuses another configuration for the same name
    return config.toBuilder().setName(name + "|" + digest(config.toByteString())).build();
  }

  private static String digest(ByteString bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// The messages that hold a cache's configuration, with the field.
  static List<Descriptor> descriptors() {
    FileDescriptor cache = DnsCacheConfig.getDescriptor().getFile();
    if (DnsCacheConfig.getDescriptor().findFieldByName(ADDRESS_FILTER) != null) {
      return List.of(ClusterConfig.getDescriptor(), FilterConfig.getDescriptor());
    }
    try {
      List<FileDescriptor> imports = new ArrayList<>(cache.getDependencies());
      imports.add(AddressProto.getDescriptor());
      FileDescriptor amended =
          FileDescriptor.buildFrom(
              withAddressFilter(cache.toProto()), imports.toArray(FileDescriptor[]::new));
      return List.of(
          amended(ClusterConfig.getDescriptor(), amended),
          amended(FilterConfig.getDescriptor(), amended));
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException("the amended protos don't fit together", e);
    }
  }

  private static FileDescriptorProto withAddressFilter(FileDescriptorProto file) {
    FileDescriptorProto.Builder amended =
        file.toBuilder().addDependency(AddressProto.getDescriptor().getName());
    for (DescriptorProto.Builder message : amended.getMessageTypeBuilderList()) {
      if (message.getName().equals(DnsCacheConfig.getDescriptor().getName())) {
        message.addField(
            FieldDescriptorProto.newBuilder()
                .setName(ADDRESS_FILTER)
                .setNumber(ADDRESS_FILTER_NUMBER)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                .setTypeName("." + AddressMatcher.getDescriptor().getFullName()));
      }
    }
    return amended.build();
  }

  private static Descriptor amended(Descriptor message, FileDescriptor cache)
      throws DescriptorValidationException {
    FileDescriptor file = message.getFile();
    FileDescriptor amended =
        FileDescriptor.buildFrom(
            file.toProto(),
            file.getDependencies().stream()
                .map(each -> each.getName().equals(cache.getName()) ? cache : each)
                .toArray(FileDescriptor[]::new));
    return amended.findMessageTypeByName(message.getName());
  }
}
