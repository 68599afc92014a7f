package io.sallyport.compile.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.rbac.principals.mtls_authenticated.v3.Config;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.sallyport.mesh.ScopeView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RbacTest {
  @Test
  void deniesEverythingByDefault() {
    // rules without a policy deny; no rules at all would allow
    assertThat(Rbac.DENY_ALL.hasRules()).isTrue();
    assertThat(Rbac.DENY_ALL.getRules().getAction()).isEqualTo(RBAC.Action.ALLOW);
    assertThat(Rbac.DENY_ALL.getRules().getPoliciesMap()).isEmpty();
  }

  @Test
  void aGrantWithoutPrincipalsMatchesNobody() throws Exception {
    Policy policy = policy(List.of());

    assertThat(policy.getPrincipalsList()).hasSize(1);
    assertThat(policy.getPrincipals(0).getNotId().getAny()).isTrue();
  }

  @Test
  void aPrincipalIsAUriSanAndNothingElse() throws Exception {
    Policy policy = policy(List.of("spiffe://cluster.local/ns/a/sa/b"));

    Principal principal = policy.getPrincipals(0);
    Config config = principal.getCustom().getTypedConfig().unpack(Config.class);
    assertThat(config.getSanMatcher().getSanType()).isEqualTo(SanType.URI);
    assertThat(config.getSanMatcher().getMatcher().getExact())
        .isEqualTo("spiffe://cluster.local/ns/a/sa/b");
    assertThat(config.getAnyValidatedClientCertificate()).isFalse();
  }

  private static Policy policy(List<String> principals) throws Exception {
    return Rbac.perRoute(
            List.of(new RouteGrant("policy", Optional.of(principals), ScopeView.Requests.ALL)))
        .unpack(RBACPerRoute.class)
        .getRbac()
        .getRules()
        .getPoliciesOrThrow("policy");
  }
}
