package io.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {
  @ParameterizedTest
  @CsvSource({
    "httpbin.org, httpbin.org",
    "HTTPBIN.Org, httpbin.org",
    "httpbin.org., httpbin.org",
    "localhost, localhost",
    "a-b.1a, a-b.1a",
    "bücher.example, xn--bcher-kva.example",
    "BÜCHER.example, xn--bcher-kva.example",
    "XN--BCHER-KVA.example, xn--bcher-kva.example",
    "例え。jp, xn--r8jz45g.jp",
    "ｈttpbin.org, httpbin.org",
    "K.example, k.example",
  })
  void namesAreLowerCaseALabels(String written, String name) {
    assertThat(HostName.parse(written)).isEqualTo(Parsed.valid(name));
    assertThat(HostName.parseOrIp(written)).isEqualTo(Parsed.valid(name));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "2001:db8:0:1:0:0:0:0, 2001:db8:0:1::",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
    "fe80::1, fe80::1",
    "64:ff9b::192.0.2.1, 64:ff9b::c000:201",
  })
  void addressesAreCanonical(String written, String address) {
    assertThat(HostName.parseOrIp(written)).isEqualTo(Parsed.valid(address));
    assertThat(HostName.parse(written)).isInstanceOf(Parsed.Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a..",
        "*",
        "*.a",
        "a.*",
        "a b",
        " a",
        "a\n",
        "a\u0000",
        "a:80",
        "a:",
        "http://a",
        "a/b",
        "a@b",
        "a#b",
        "a?b",
        "a|b",
        "a~b",
        "a_b",
        "-a",
        "a-",
        "a.-b",
        "a,b",
        "a%b",
        "a\\b",
        "a\"b",
        "faß.de",
        "ς.gr",
        "a\u200db",
        "a\u200bb",
        "\u00ad",
        "\ufeffa",
        "１",
        "1",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "a.1",
        "a.0x",
        "127.0.0.256",
        "127.0.0.1.",
        "1.2.3.4.5",
        "[::1]",
        "::1%eth0",
        "::g",
        ":::",
        "1::2::3",
        "::ffff:192.0.2.1",
        "1.2.3.4:5",
        "\ud800",
        "xn--\u0080"
      })
  void nothingElseIsAHost(String written) {
    assertThat(HostName.parse(written)).isInstanceOf(Parsed.Invalid.class);
    assertThat(HostName.parseOrIp(written)).isInstanceOf(Parsed.Invalid.class);
  }

  @Test
  void lengthsAreThoseOfDns() {
    String label = "a".repeat(63);
    String longest = label + "." + label + "." + label + "." + "a".repeat(61);

    assertThat(longest).hasSize(253);
    assertThat(HostName.parse(longest)).isEqualTo(Parsed.valid(longest));
    assertThat(HostName.parse(longest + ".")).isEqualTo(Parsed.valid(longest));
    assertThat(HostName.parse(longest + "a")).isInstanceOf(Parsed.Invalid.class);
    assertThat(HostName.parse(label + "a.org")).isInstanceOf(Parsed.Invalid.class);
    // short as written, long as A-labels
    assertThat(HostName.parse("ü".repeat(60) + ".org")).isInstanceOf(Parsed.Invalid.class);
    assertThat(HostName.parse("üöä.".repeat(60))).isInstanceOf(Parsed.Invalid.class);
  }
}
