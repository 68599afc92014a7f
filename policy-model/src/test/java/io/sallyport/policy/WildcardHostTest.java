package io.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WildcardHostTest {
  @ParameterizedTest
  @CsvSource({
    "*.example.com, *.example.com",
    "*.EXAMPLE.Com., *.example.com",
    "*.a.b.example.co.uk, *.a.b.example.co.uk",
    "*.bücher.example, *.xn--bcher-kva.example",
    "*.corp.internal, *.corp.internal",
    "*.someone.github.io, *.someone.github.io",
    "example.com, example.com",
  })
  void wildcardsAreBelowADomainThatOnePartyOwns(String written, String host) {
    assertThat(WildcardHost.parseOrName(written)).isEqualTo(Parsed.valid(host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "*.",
        "*.*",
        "*.*.com",
        "a.*.com",
        "a.*.example.com",
        "*foo.com",
        "foo*.example.com",
        "**.example.com",
        "*..example.com",
        "*.com",
        "*.internal",
        "*.xn--p1ai",
        "*.co.uk",
        "*.CO.UK.",
        "*.github.io",
        // every name below is a public suffix
        "*.ck",
        "*.compute.amazonaws.com",
        // a public suffix by a wildcard of the list
        "*.foo.ck",
        "*.192.0.2.1",
        "*.example.com:80",
        "*.example.com/x",
        "http://*.example.com",
        "*.exa mple.com",
      })
  void whatIsWiderIsRefused(String written) {
    assertThat(WildcardHost.parseOrName(written)).isInstanceOf(Parsed.Invalid.class);
  }

  @ParameterizedTest
  @CsvSource({
    "*.example.com, a.example.com, true",
    "*.example.com, a.b.example.com, true",
    "*.example.com, *.b.example.com, true",
    "*.example.com, *.example.com, true",
    "*.b.example.com, *.example.com, false",
    "*.example.com, example.com, false",
    "*.example.com, .example.com, false",
    "*.example.com, evilexample.com, false",
    "*.example.com, a.example.com.evil.org, false",
    "example.com, example.com, false",
  })
  void aWildcardCoversWhatIsBelow(String wildcard, String host, boolean covers) {
    assertThat(WildcardHost.covers(wildcard, host)).isEqualTo(covers);
  }

  @Test
  void theWildcardsAroundAHostAreThoseThatCoverIt() {
    assertThat(WildcardHost.around("a.b.example.com"))
        .containsExactly("*.b.example.com", "*.example.com", "*.com")
        .allMatch(wildcard -> WildcardHost.covers(wildcard, "a.b.example.com"));
    assertThat(WildcardHost.around("*.b.example.com")).containsExactly("*.example.com", "*.com");
    assertThat(WildcardHost.around("localhost")).isEmpty();
  }
}
