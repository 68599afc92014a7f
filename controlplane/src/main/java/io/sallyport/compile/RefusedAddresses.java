package io.sallyport.compile;

import com.github.xds.core.v3.CidrRange;
import com.google.protobuf.UInt32Value;
import io.sallyport.policy.AddressBlock;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.math.BigInteger;
import java.util.List;

/// The addresses that a name below a wildcard may not stand for: whoever answers for the name would
/// choose which machine of ours a gateway dials. They are those that are not of the internet (IANA,
/// IPv4 and IPv6 Special-Purpose Address Registries) or that hold an IPv4 address of any kind, but
/// for blocks for documentation, where nobody is.
final class RefusedAddresses {
  private static final int IPV6_BITS = 128;

  private static final List<AddressBlock> BLOCKS =
      List.of(
          ipv4("0.0.0.0", 8), // this network
          ipv4("10.0.0.0", 8), // private
          ipv4("100.64.0.0", 10), // shared by carriers
          ipv4("127.0.0.0", 8), // loopback
          ipv4("169.254.0.0", 16), // link-local, and clouds' metadata
          ipv4("168.63.129.16", 32), // Azure's platform, of the internet by its number only
          ipv4("172.16.0.0", 12), // private
          ipv4("192.0.0.0", 24), // protocol assignments
          ipv4("192.168.0.0", 16), // private
          ipv4("198.18.0.0", 15), // benchmarks
          ipv4("224.0.0.0", 4), // multicast
          ipv4("240.0.0.0", 4), // reserved, broadcast
          ipv6("0000:0000:0000:0000:0000:0000", 96), // unspecified, loopback, IPv4-compatible
          ipv6("0000:0000:0000:0000:0000:ffff", 96), // IPv4-mapped
          ipv6("0000:0000:0000:0000:ffff:0000", 96), // IPv4-translated
          ipv6("0064:ff9b:0000:0000:0000:0000", 96), // NAT64
          ipv6("0064:ff9b:0001", 48), // local NAT64
          ipv6("0100:0000:0000:0000", 64), // discard
          ipv6("2001:0000", 32), // Teredo
          ipv6("2002", 16), // 6to4
          ipv6("fc00", 7), // unique local
          ipv6("fe80", 10), // link-local
          ipv6("fec0", 10), // site-local
          ipv6("ff00", 8)); // multicast

  private RefusedAddresses() {}

  /// All of them but those that a rule grants.
  static List<CidrRange> except(List<AddressRange> granted) {
    List<AddressBlock> refused = BLOCKS;
    for (AddressRange range : granted) {
      AddressBlock grant = range.block();
      refused = refused.stream().flatMap(block -> block.without(grant).stream()).toList();
    }
    return refused.stream().map(RefusedAddresses::cidr).toList();
  }

  private static AddressBlock ipv4(String address, int length) {
    return AddressBlock.of(address, length);
  }

  /// Of the first groups, in full: the JDK reads an IPv4-mapped address as an IPv4 address.
  private static AddressBlock ipv6(String groups, int length) {
    String digits = groups.replace(":", "");
    BigInteger first = new BigInteger(digits, 16).shiftLeft(IPV6_BITS - 4 * digits.length());
    return new AddressBlock(first, length, IPV6_BITS);
  }

  private static CidrRange cidr(AddressBlock block) {
    return CidrRange.newBuilder()
        .setAddressPrefix(block.address())
        .setPrefixLen(UInt32Value.of(block.length()))
        .build();
  }
}
