package io.sallyport.policy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// The addresses of one IP version that share their first bits (CIDR, RFC 4632).
///
/// @param first the lowest of them, as a number; bits beyond the length are dropped
/// @param length how many bits they share
/// @param bits of an address: 32 or 128
public record AddressBlock(BigInteger first, int length, int bits) {
  public AddressBlock {
    first = first.shiftRight(bits - length).shiftLeft(bits - length);
  }

  /// The block of an address in which the first bits are its own.
  ///
  /// @param ip a literal
  public static AddressBlock of(String ip, int length) {
    byte[] address = InetAddress.ofLiteral(ip).getAddress();
    return new AddressBlock(new BigInteger(1, address), length, 8 * address.length);
  }

  /// The block that one address is.
  static AddressBlock of(String ip) {
    byte[] address = InetAddress.ofLiteral(ip).getAddress();
    return new AddressBlock(new BigInteger(1, address), 8 * address.length, 8 * address.length);
  }

  /// The highest of its addresses.
  BigInteger last() {
    return first.or(BigInteger.ONE.shiftLeft(bits - length).subtract(BigInteger.ONE));
  }

  /// Whether every address of the other is one of its own.
  public boolean covers(AddressBlock other) {
    return bits == other.bits
        && length <= other.length
        && new AddressBlock(other.first, length, bits).equals(this);
  }

  /// What is left of it, in order.
  public List<AddressBlock> without(AddressBlock other) {
    if (other.covers(this)) {
      return List.of();
    }
    if (!covers(other)) {
      return List.of(this);
    }
    AddressBlock upper = new AddressBlock(first.setBit(bits - length - 1), length + 1, bits);
    List<AddressBlock> rest =
        new ArrayList<>(new AddressBlock(first, length + 1, bits).without(other));
    rest.addAll(upper.without(other));
    return rest;
  }

  /// Its first address, in the canonical spelling.
  public String address() {
    return IpLiteral.text(bytes(first));
  }

  /// An address of it as so many bytes as one has.
  byte[] bytes(BigInteger number) {
    byte[] address = new byte[bits / 8];
    byte[] significant = number.toByteArray();
    int count = Math.min(significant.length, address.length);
    System.arraycopy(
        significant, significant.length - count, address, address.length - count, count);
    return address;
  }
}
