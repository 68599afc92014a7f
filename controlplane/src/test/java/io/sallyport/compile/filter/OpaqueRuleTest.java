package io.sallyport.compile.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.AuthorizationPolicy.Action;
import io.sallyport.policy.AuthorizationPolicy.AllOf;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.ValueMatch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Of TLS to hosts below a wildcard, which host it is to be is not known where policies hold.
class OpaqueRuleTest {
  private static final String WILDCARD = "*.example.com";

  @ParameterizedTest
  @CsvSource({
    // values, notValues, whether ALLOW matches, whether DENY matches
    "api.example.com, , false, true",
    "api*, , false, true",
    "*.deep.example.com, , false, true",
    "*.example.com, , true, true",
    "*example.com, , true, true",
    "*.com, , true, true",
    "*, , true, true",
    "example.com, , false, false",
    "*.example.org, , false, false",
    "api.example.org api.example.com, , false, true",
    "*.com, api.example.com, false, true",
    "*.com, *.example.com, false, false",
    ", api.example.com, false, true",
    ", *.example.org, true, true",
    ", *, false, false",
    "api.example.com, other.example.com, false, true",
  })
  void whatIsAboutSomeHostsIsAllowedForNoneAndDeniedForAll(
      @Nullable String values, @Nullable String notValues, boolean allowed, boolean denied) {
    for (Attribute attribute : List.of(Attribute.HOST, Attribute.SNI)) {
      Rule rule =
          new Rule(
              List.of(),
              List.of(new AllOf(List.of(new Condition(attribute, "", of(values), of(notValues))))),
              List.of());
      assertThat(new OpaqueRule(Action.ALLOW, WILDCARD, 444).of(rule).isPresent())
          .isEqualTo(allowed);
      assertThat(new OpaqueRule(Action.DENY, WILDCARD, 444).of(rule).isPresent()).isEqualTo(denied);
      assertThat(new OpaqueRule(Action.AUDIT, WILDCARD, 444).of(rule).isPresent())
          .isEqualTo(denied);
    }
  }

  private static List<ValueMatch> of(@Nullable String texts) {
    return texts == null
        ? List.of()
        : Arrays.stream(texts.split(" ")).map(OpaqueRuleTest::value).toList();
  }

  private static ValueMatch value(String text) {
    if (text.equals("*")) {
      return new ValueMatch.Present();
    } else if (text.startsWith("*")) {
      return new ValueMatch.Suffix(text.substring(1));
    } else if (text.endsWith("*")) {
      return new ValueMatch.Prefix(text.substring(0, text.length() - 1));
    }
    return new ValueMatch.Exact(text);
  }
}
