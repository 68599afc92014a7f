package io.sallyport.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.identity.IdentityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses as users write them.
class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:15012, 127.0.0.1, 15012, true",
    "[::1]:1, ::1, 1, true",
    "[2001:db8::7]:65535, 2001:db8::7, 65535, true",
    "xds.example.com:443, xds.example.com, 443, false",
    "localhost:15012, localhost, 15012, false",
  })
  void read(String text, String host, int port, boolean address) {
    HostPort read = HostPort.parse("--xds", text);
    assertThat(read).isEqualTo(new HostPort(host, port)).hasToString(text);
    assertThat(read.isAddress()).isEqualTo(address);
  }

  @Test
  void anAddressHasOneForm() {
    assertThat(HostPort.parse("", "[2001:DB8:0::7]:1")).hasToString("[2001:db8::7]:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "a",
        "a:",
        ":1",
        "a:0",
        "a:65536",
        "a:99999999999",
        "a:01",
        "a:+1",
        "a:1 ",
        " a:1",
        "A:1",
        "a b:1",
        "::1:1",
        "[::1]",
        "[::1]1",
        "[a]:1",
        "[127.0.0.1]:1",
        "[::1%lo]:1",
        "127.0.0.01:1",
        "127.1:1",
        "256.0.0.1:1",
        "1:1",
        "0x7f.1:1",
        "a\n:1",
        "a/b:1",
        "http://a:1",
        "*:1",
        "a_b:1",
        "-a:1",
        "a..b:1"
      })
  void refused(String text) {
    assertThatThrownBy(() -> HostPort.parse("--xds", text))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("--xds '" + text + "'");
  }
}
