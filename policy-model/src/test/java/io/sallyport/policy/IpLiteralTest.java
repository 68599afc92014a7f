package io.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpLiteralTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1"})
  void literals(String text) {
    assertThat(IpLiteral.isIp(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "127.1",
        "127.0.0.256",
        "127.0.0.01",
        "0x7f.0.0.1",
        "1.2.3.4.5",
        "localhost",
        "a.test",
        "[::1]",
        "fe80::1%eth0",
        ":",
        "1:2",
        "12345::",
        "::1::",
        "127.0.0.1 ",
        "١.0.0.1"
      })
  void anythingElse(String text) {
    assertThat(IpLiteral.isIp(text)).isFalse();
  }
}
