package io.sallyport.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.core.v3.Address;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:15001, 127.0.0.1, 15001",
    "[::1]:15001, ::1, 15001",
    "0.0.0.0:65535, 0.0.0.0, 65535"
  })
  void readsAnAddressWithAPort(String text, String ip, int port) {
    assertAddress(Addresses.ofHostAndPort(text), ip, port);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.53, 10.0.0.53, 53",
    "10.0.0.53:5353, 10.0.0.53, 5353",
    "fd00::53, fd00::53, 53",
    "[fd00::53], fd00::53, 53",
    "[fd00::53]:5353, fd00::53, 5353"
  })
  void readsAResolver(String text, String ip, int port) {
    assertAddress(Addresses.ofHostAndOptionalPort(text, 53), ip, port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "15001",
        "localhost:15001",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:+80",
        "127.0.0.1:-1",
        "127.0.0.1:80x",
        "127.1:80",
        "::1:80",
        "[::1]80",
        "[::1%eth0]:80",
        "[[::1]]:80"
      })
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> Addresses.ofHostAndPort(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertAddress(Address address, String ip, int port) {
    assertThat(address.getSocketAddress().getAddress()).isEqualTo(ip);
    assertThat(address.getSocketAddress().getPortValue()).isEqualTo(port);
  }
}
