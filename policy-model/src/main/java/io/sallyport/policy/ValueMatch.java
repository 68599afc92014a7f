package io.sallyport.policy;

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
      return new AddressRange(ip, AddressBlock.of(ip).bits());
    }

    /// Which addresses these are.
    public AddressBlock block() {
      return AddressBlock.of(address, prefixLength);
    }

    /// The same block, written without bits beyond its length.
    public AddressRange network() {
      return new AddressRange(block().address(), prefixLength);
    }

    /// The blocks that hold this one, itself the last.
    public List<AddressRange> enclosing() {
      AddressBlock block = block();
      return IntStream.rangeClosed(0, prefixLength)
          .mapToObj(length -> new AddressBlock(block.first(), length, block.bits()))
          .map(outer -> new AddressRange(outer.address(), outer.length()))
          .toList();
    }

    /// Its addresses as text of fixed width, of which the order is that of the addresses.
    public String first() {
      AddressBlock block = block();
      return HexFormat.of().formatHex(block.bytes(block.first()));
    }

    /// As [#first], of the last of them.
    public String last() {
      AddressBlock block = block();
      return HexFormat.of().formatHex(block.bytes(block.last()));
    }

    /// `ADDRESS/LENGTH`, or the address alone where it is one.
    @Override
    public String toString() {
      return prefixLength == AddressBlock.of(address).bits()
          ? address
          : address + "/" + prefixLength;
    }
  }

  record Port(int number) implements ValueMatch {}

  /// A service account of one namespace.
  record Account(String namespace, String name) implements ValueMatch {}
}
