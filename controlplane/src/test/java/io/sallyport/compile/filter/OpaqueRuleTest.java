package io.sallyport.compile.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.AuthorizationPolicy.Action;
import io.sallyport.policy.AuthorizationPolicy.AllOf;
import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.AuthorizationPolicy.Condition;
import io.sallyport.policy.AuthorizationPolicy.Rule;
import io.sallyport.policy.ValueMatch;
import io.sallyport.policy.WildcardHost;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Of TLS to hosts below a wildcard, which host it is to be is known within the hop only.
class OpaqueRuleTest {
  private static final String WILDCARD = "*.example.com";

  @ParameterizedTest
  @CsvSource({
    // values, notValues, of how many hosts below the wildcard it holds
    "api.example.com, , SOME",
    "api*, , SOME",
    "*.deep.example.com, , SOME",
    "*.example.com, , ALL",
    "*example.com, , ALL",
    "*.com, , ALL",
    "*, , ALL",
    "example.com, , NONE",
    "*.example.org, , NONE",
    "api.example.org api.example.com, , SOME",
    "*.com, api.example.com, SOME",
    "*.com, *.example.com, NONE",
    ", api.example.com, SOME",
    ", *.example.org, ALL",
    ", *, NONE",
    "api.example.com, other.example.com, SOME",
  })
  void onlyWhatIsAboutSomeHostsIsLeftToBeAsked(
      @Nullable String values, @Nullable String notValues, WildcardHost.Share holds) {
    for (Attribute attribute : List.of(Attribute.HOST, Attribute.SNI)) {
      Rule rule =
          new Rule(
              List.of(),
              List.of(new AllOf(List.of(new Condition(attribute, "", of(values), of(notValues))))),
              List.of());
      for (Action action : Action.values()) {
        assertThat(new OpaqueRule(action, WILDCARD, 444).of(rule))
            .isEqualTo(
                switch (holds) {
                  case NONE -> Optional.empty();
                  case SOME -> Optional.of(rule);
                  case ALL -> Optional.of(new Rule(List.of(), List.of(), List.of()));
                });
      }
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
