package io.sallyport.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.xds.core.v3.CidrRange;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedAddressesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.255.255.255",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.170",
        "192.168.1.1",
        "198.19.255.255",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:a9fe:a9fe::",
        "2001::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
      })
  void whatIsNotOfTheInternetIsRefused(String address) {
    assertThat(refused(bytes(address), List.of())).isTrue();
  }

  /// The JDK would make IPv4 addresses of them.
  @ParameterizedTest
  @ValueSource(strings = {"00000000000000000000ffffa9fea9fe", "0000000000000000ffff0000a9fea9fe"})
  void ipv4AddressesInDisguiseAreRefused(String hex) {
    assertThat(refused(HexFormat.of().parseHex(hex), List.of())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "168.63.129.17",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.2.1",
        "198.17.255.255",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:4860:4860::8888",
        "64:ff9b:2::1",
      })
  void theInternetIsNot(String address) {
    assertThat(refused(bytes(address), List.of())).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.20.0.0/16, 10.20.0.0, false",
    "10.20.0.0/16, 10.20.255.255, false",
    "10.20.0.0/16, 10.19.255.255, true",
    "10.20.0.0/16, 10.21.0.0, true",
    "10.20.30.40/16, 10.20.0.1, false",
    "127.0.0.1/32, 127.0.0.1, false",
    "127.0.0.1/32, 127.0.0.0, true",
    "127.0.0.1/32, 127.0.0.2, true",
    "0.0.0.0/1, 10.1.2.3, false",
    "0.0.0.0/1, 127.0.0.1, false",
    "0.0.0.0/1, 169.254.169.254, true",
    "10.20.0.0/16, fd00::1, true",
    "fd00::/8, fd12::1, false",
    "fd00::/8, fc00::1, true",
    "::1/128, ::1, false",
    "::1/128, ::2, true",
    "64:ff9b::/96, 64:ff9b::1.2.3.4, false",
  })
  void aGrantIsCutOut(String granted, String address, boolean refused) {
    String[] parts = granted.split("/");
    AddressRange range = new AddressRange(parts[0], Integer.parseInt(parts[1]));
    assertThat(refused(bytes(address), List.of(range))).isEqualTo(refused);
  }

  @Test
  void everyRangeIsOfItsOwnFamily() {
    assertThat(RefusedAddresses.except(List.of(new AddressRange("::1", 128))))
        .allMatch(range ->
            range.getAddressPrefix().indexOf(':') >= 0 || range.getPrefixLen().getValue() <= 32);
  }

  private static byte[] bytes(String address) {
    return InetAddress.ofLiteral(address).getAddress();
  }

  private static boolean refused(byte[] address, List<AddressRange> granted) {
    return RefusedAddresses.except(granted).stream().anyMatch(range -> covers(range, address));
  }

  private static boolean covers(CidrRange range, byte[] address) {
    byte[] prefix = prefix(range.getAddressPrefix());
    int free = 8 * prefix.length - range.getPrefixLen().getValue();
    return prefix.length == address.length
        && new BigInteger(1, prefix)
            .shiftRight(free)
            .equals(new BigInteger(1, address).shiftRight(free));
  }

  private static byte[] prefix(String text) {
    return text.equals("::ffff:0:0") || text.equals("0:0:0:0:0:ffff:0:0")
        ? HexFormat.of().parseHex("00000000000000000000ffff00000000")
        : bytes(text);
  }
}
