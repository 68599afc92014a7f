package io.sallyport.policy;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/// How one value of an [AuthorizationPolicy]'s condition is compared.
public sealed interface ValueMatch {
  record Exact(String text) implements ValueMatch {}

  /// Written `text*`.
  record Prefix(String text) implements ValueMatch {}

  /// Written `*text`.
  record Suffix(String text) implements ValueMatch {}

  /// Written `*`: anything, but not nothing.
  record Present() implements ValueMatch {}

  /// Text with `*` anywhere in it, each for any number of characters; for namespaces.
  record Glob(String text) implements ValueMatch {}

  /// A path in which `{*}` stands for one segment and `{**}`, last, for any number.
  record PathTemplate(String text) implements ValueMatch {}

  /// The addresses of a CIDR block; a single address is one of full length.
  record AddressRange(String address, int prefixLength) implements ValueMatch {
    /// Of one address.
    public static AddressRange of(String ip) {
      return new AddressRange(ip, 8 * bytes(ip).length);
    }

    /// The same block, written without bits beyond its length.
    public AddressRange network() {
      return new AddressRange(text(masked(bytes(address), prefixLength)), prefixLength);
    }

    /// The blocks that hold this one, itself the last.
    public List<AddressRange> enclosing() {
      return IntStream.rangeClosed(0, prefixLength)
          .mapToObj(length -> new AddressRange(address, length).network())
          .toList();
    }

    /// Its addresses as text of fixed width, of which the order is that of the addresses.
    public String first() {
      return HexFormat.of().formatHex(masked(bytes(address), prefixLength));
    }

    /// As [#first], of the last of them.
    public String last() {
      byte[] last = masked(bytes(address), prefixLength);
      for (int bit = prefixLength; bit < 8 * last.length; bit++) {
        last[bit / 8] |= (byte) (0x80 >> bit % 8);
      }
      return HexFormat.of().formatHex(last);
    }

    /// `ADDRESS/LENGTH`, or the address alone where it is one.
    @Override
    public String toString() {
      return prefixLength == 8 * bytes(address).length ? address : address + "/" + prefixLength;
    }

    private static byte[] bytes(String ip) {
      return InetAddress.ofLiteral(ip).getAddress();
    }

    private static byte[] masked(byte[] address, int length) {
      byte[] network = address.clone();
      for (int i = 0; i < network.length; i++) {
        int kept = Math.clamp(length - 8L * i, 0, 8);
        network[i] = (byte) (network[i] & 0xff << 8 - kept);
      }
      return network;
    }

    private static String text(byte[] address) {
      return IpLiteral.text(address);
    }
  }

  record Port(int number) implements ValueMatch {}

  /// A service account of one namespace.
  record Account(String namespace, String name) implements ValueMatch {}
}
