package io.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesNameTest {
  private static final List<Function<String, Parsed<String>>> FORMS =
      List.of(
          KubernetesName::dnsLabel,
          KubernetesName::dnsSubdomain,
          KubernetesName::trustDomain,
          KubernetesName::qualifiedName,
          KubernetesName::labelValue);

  /// What separates parts of SPIFFE IDs and of Envoy's resource names never gets into one of them.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a~b",
        "a|b",
        "a#b",
        "a b",
        "a\tb",
        "a\nb",
        "a\n",
        "a\u0000",
        "a\u001b[2J",
        "a:b",
        "a;b",
        "a%2fb",
        "a\\b",
        "a\"b",
        "a'b",
        "a,b",
        "a=b",
        "a?b",
        "a@b",
        "a//b",
        "../a",
        "/a",
        "ä",
        "а",
        "a\u200b",
        "\u202ea",
        "ａ",
        "a*",
        "{a}",
        "%DOWNSTREAM%"
      })
  void separatorsNeverPass(String written) {
    for (Function<String, Parsed<String>> form : FORMS) {
      assertThat(form.apply(written)).isInstanceOf(Parsed.Invalid.class);
    }
  }

  @Test
  void namesOfNamespaces() {
    assertThat(valid(KubernetesName::dnsLabel, "a", "a-b", "0", "a".repeat(63))).isTrue();
    assertThat(valid(KubernetesName::dnsLabel, "", "a.b", "A", "-a", "a-", "a".repeat(64)))
        .isFalse();
  }

  @Test
  void namesOfResources() {
    assertThat(valid(KubernetesName::dnsSubdomain, "a", "a.b-c", "0.1", "a".repeat(253))).isTrue();
    for (String bad :
        List.of("", ".", "..", "a..b", ".a", "a.", "a.-b", "A", "a/b", "a".repeat(254))) {
      assertThat(valid(KubernetesName::dnsSubdomain, bad)).as(bad).isFalse();
    }
  }

  @Test
  void trustDomains() {
    assertThat(valid(KubernetesName::trustDomain, "cluster.local", "a_b", "a-b.c")).isTrue();
    for (String bad :
        List.of("", "Cluster.local", "a/b", "-", ".", "spiffe://a", "a".repeat(256))) {
      assertThat(valid(KubernetesName::trustDomain, bad)).as(bad).isFalse();
    }
  }

  @Test
  void labels() {
    assertThat(valid(KubernetesName::qualifiedName, "app", "a.b/App_1", "a".repeat(63))).isTrue();
    for (String bad : List.of("", "/a", "a/", "a/b/c", "A/b", "-a", "a".repeat(64))) {
      assertThat(valid(KubernetesName::qualifiedName, bad)).as(bad).isFalse();
    }
    assertThat(valid(KubernetesName::labelValue, "", "a", "A.b_c-1", "a".repeat(63))).isTrue();
    for (String bad : List.of("-a", "a/b", "a".repeat(64))) {
      assertThat(valid(KubernetesName::labelValue, bad)).as(bad).isFalse();
    }
  }

  @Test
  void aNameInUpperCaseIsToldHowToBeWritten() {
    assertThat(KubernetesName.dnsLabel("MyTest"))
        .isEqualTo(Parsed.invalid("`MyTest` is not a valid name", "write `mytest`"));
  }

  private static boolean valid(Function<String, Parsed<String>> form, String... written) {
    return List.of(written).stream().allMatch(text -> form.apply(text).equals(Parsed.valid(text)));
  }
}
