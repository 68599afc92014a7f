package io.sallyport.mesh;

import static io.sallyport.mesh.Written.app;
import static io.sallyport.mesh.Written.gateway;
import static io.sallyport.mesh.Written.http;
import static io.sallyport.mesh.Written.mesh;
import static io.sallyport.mesh.Written.own;
import static io.sallyport.mesh.Written.policy;
import static io.sallyport.mesh.Written.proxy;
import static io.sallyport.mesh.Written.rule;
import static io.sallyport.mesh.Written.sidecar;
import static io.sallyport.mesh.Written.tls;
import static io.sallyport.mesh.Written.to;
import static io.sallyport.mesh.Written.upgraded;
import static io.sallyport.mesh.Written.workload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.sallyport.mesh.ScopeView.Allowed;
import io.sallyport.mesh.ScopeView.EgressGatewayView;
import io.sallyport.mesh.ScopeView.ExternalRoute;
import io.sallyport.mesh.ScopeView.Grant;
import io.sallyport.mesh.ScopeView.Hop;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.Requests;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.mesh.ServiceEndpoints.Endpoint;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Source;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.MeshConfig;
import io.sallyport.policy.Metadata;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside;
import io.sallyport.policy.Outside.Exchange;
import io.sallyport.policy.Resource;
import io.sallyport.policy.WorkloadEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MeshModelTest {
  private static final EgressTrafficPolicy HTTPBIN =
      policy(
          "egressgateway",
          rule(app("mytest", "sleep-a"), to(80, 80, "www.httpbin.org", "httpbin.org")));
  private static final Origin ORIGIN =
      new Origin(HTTPBIN.key(), new FieldPath("spec.egressRules[0].to[0]"));
  private static final ServicePort HOP = new ServicePort("istio-egress", "egressgateway", 80);

  private static MeshModel model(Resource... more) {
    return MeshModel.link(mesh(more)).model();
  }

  private static Scope scope(MeshModel model, String namespace, String name) {
    return model.scope(model.workload(namespace, name).orElseThrow(), ListenOptions.DEFAULT);
  }

  private static SidecarView sidecarView(MeshModel model, String namespace, String name) {
    return (SidecarView) model.view(scope(model, namespace, name));
  }

  private static EgressGatewayView gatewayView(MeshModel model, String name) {
    return (EgressGatewayView) model.view(scope(model, "istio-egress", name));
  }

  @Test
  void aSelectedSidecarGetsItsRoutesAndNobodyElse() {
    MeshModel model = model(HTTPBIN);

    Hop hop =
        new Hop(
            HOP, new TreeSet<>(List.of("spiffe://cluster.local/ns/istio-egress/sa/egressgateway")));
    assertThat(sidecarView(model, "mytest", "sleep-a").routes())
        .containsExactly(
            new OutboundRoute(
                80,
                "httpbin.org",
                hop,
                Exchange.DEFAULT,
                List.of(new Allowed(ORIGIN, Requests.ALL))),
            new OutboundRoute(
                80,
                "www.httpbin.org",
                hop,
                Exchange.DEFAULT,
                List.of(new Allowed(ORIGIN, Requests.ALL))));
    assertThat(sidecarView(model, "default", "nginx").routes()).isEmpty();
  }

  @Test
  void theGatewayAllowsThePrincipalsOfTheSelectedWorkloads() {
    MeshModel model = model(HTTPBIN);

    EgressGatewayView view = gatewayView(model, "egressgateway-0");
    Grant grant =
        new Grant(ORIGIN, new TreeSet<>(List.of("spiffe://cluster.local/ns/mytest/sa/sleep-a")));
    assertThat(view.listeners()).extracting(l -> l.port()).containsExactly(80, 8080);
    assertThat(view.listeners().get(0).routes())
        .containsExactly(
            new ExternalRoute(
                "httpbin.org",
                80,
                Optional.empty(),
                Outside.DEFAULT,
                List.of(),
                List.of(),
                List.of(grant)),
            new ExternalRoute(
                "www.httpbin.org",
                80,
                Optional.empty(),
                Outside.DEFAULT,
                List.of(),
                List.of(),
                List.of(grant)));
    assertThat(view.listeners().get(1).routes()).isEmpty();
  }

  @Test
  void anUpgradeLetsTlsPassToTheSameHostsUnlessARuleSaysAnotherWay() {
    EgressTrafficPolicy upgrade =
        own("a", "egressgateway", rule(app("mytest", "sleep-a"), upgraded(80, 80, 443, "a.test")));
    SidecarView implied = sidecarView(model(upgrade), "mytest", "sleep-a");
    assertThat(implied.routes()).extracting(OutboundRoute::port).containsExactly(80);
    assertThat(implied.tunnels()).extracting(t -> t.port()).containsExactly(443);
    assertThat(implied.tunnels().getFirst().hop().service().port()).isEqualTo(15443);

    EgressTrafficPolicy passthrough =
        own("b", "egressgateway", rule(app("mytest", "sleep-a"), tls(443, 443, "a.test")));
    MeshModel both = model(upgrade, passthrough);
    SidecarView written = sidecarView(both, "mytest", "sleep-a");
    assertThat(written.tunnels()).hasSize(1);
    assertThat(written.tunnels().getFirst().hop().service().port()).isEqualTo(443);
    assertThat(written.tunnels().getFirst().grants())
        .extracting(origin -> origin.resource().name())
        .containsExactly("b");
  }

  @Test
  void theGatewayDialsTheUpgradesPortWithTls() {
    EgressGatewayView view =
        gatewayView(
            model(
                own(
                    "a",
                    "egressgateway",
                    rule(app("mytest", "sleep-a"), upgraded(80, 80, 8443, "a.test")))),
            "egressgateway-0");

    ExternalRoute route = view.listeners().getFirst().routes().getFirst();
    assertThat(route.port()).isEqualTo(8443);
    assertThat(route.tls())
        .contains(
            new ScopeView.OutsideTls(
                "a.test", List.of("a.test"), Optional.empty(), Optional.empty()));
    assertThat(view.tunnels()).extracting(l -> l.port()).containsExactly(443, 15443);
    assertThat(view.tunnels().getFirst().tunnels()).isEmpty();
    assertThat(view.tunnels().getLast().tunnels())
        .extracting(tunnel -> tunnel.host() + ":" + tunnel.port())
        .containsExactly("a.test:8443");
  }

  @Test
  void equalGrantsOfTwoPoliciesAreUnited() {
    EgressTrafficPolicy other =
        own(
            "other",
            "egressgateway",
            rule(new Source("default", Map.of()), to(80, 80, "httpbin.org")));
    MeshModel model = model(HTTPBIN, other);

    ExternalRoute route = gatewayView(model, "egressgateway-0").listeners().get(0).routes().get(0);
    assertThat(route.host()).isEqualTo("httpbin.org");
    assertThat(route.grants())
        .extracting(grant -> grant.origin().resource().name(), grant -> grant.principals())
        .containsExactly(
            tuple(
                "egress-by-egressgateway",
                new TreeSet<>(List.of("spiffe://cluster.local/ns/mytest/sa/sleep-a"))),
            tuple("other", new TreeSet<>(List.of("spiffe://cluster.local/ns/default/sa/nginx"))));
  }

  @Test
  void aWorkloadIsAGatewaysProxyByItsLabelAndAnEgressGatewayOfThatName() {
    MeshModel model =
        model(
            proxy("stray", "nowhere", "127.0.2.9"),
            workload(
                "default",
                "elsewhere",
                "127.0.2.8",
                "x",
                Map.of("gateway.networking.k8s.io/gateway-name", "egressgateway")));

    assertThat(kind(model, "istio-egress", "egressgateway-0")).isEqualTo(ProxyKind.EGRESS_GATEWAY);
    assertThat(kind(model, "istio-egress", "stray")).isEqualTo(ProxyKind.SIDECAR);
    assertThat(kind(model, "default", "elsewhere")).isEqualTo(ProxyKind.SIDECAR);
    assertThat(model.workload("default", "nobody")).isEmpty();
  }

  private static ProxyKind kind(MeshModel model, String namespace, String name) {
    return model.workload(namespace, name).orElseThrow().proxyKind();
  }

  @Test
  void endpointsAreTheRealAddressesAndPortsOfTheGatewaysProxies() {
    WorkloadEntry mapped =
        new WorkloadEntry(
            Metadata.of("istio-egress", "egressgateway-1"),
            "127.0.2.2",
            Map.of("http-80", 10080),
            Map.of("gateway.networking.k8s.io/gateway-name", "egressgateway"),
            "egressgateway");
    WorkloadEntry named = proxy("egressgateway-2", "egressgateway", "gateway.example");
    MeshModel model = model(mapped, named);

    assertThat(model.endpoints(HOP).endpoints())
        .containsExactly(new Endpoint("127.0.2.1", 80), new Endpoint("127.0.2.2", 10080));
    assertThat(gatewayView(model, "egressgateway-1").listeners().get(0).bindPort())
        .isEqualTo(10080);
    assertThat(model.endpoints(new ServicePort("istio-egress", "egressgateway", 81)).endpoints())
        .isEmpty();
    assertThat(model.endpoints(new ServicePort("istio-egress", "unknown", 80)).endpoints())
        .isEmpty();
  }

  @Test
  void aGatewayWithoutProxiesIsNoHop() {
    MeshModel model =
        model(
            gateway("lonely", http(80)),
            own("p", "lonely", rule(app("mytest", "sleep-a"), to(80, 80, "httpbin.org"))));

    assertThat(sidecarView(model, "mytest", "sleep-a").routes()).isEmpty();
  }

  @Test
  void proxiesShareAScopeUnlessALabelThatARuleLooksAtDiffers() {
    WorkloadEntry one = workload("mytest", "a", "127.0.1.5", "sa", Map.of("app", "x", "pod", "1"));
    WorkloadEntry two = workload("mytest", "b", "127.0.1.6", "sa", Map.of("app", "x", "pod", "2"));
    MeshModel none = model(one, two);
    MeshModel byApp = model(one, two, HTTPBIN);
    MeshModel byPod =
        model(
            one,
            two,
            own(
                "p",
                "egressgateway",
                rule(new Source("mytest", Map.of("pod", "1")), to(80, 80, "httpbin.org"))));

    assertThat(scope(none, "mytest", "a")).isEqualTo(scope(none, "mytest", "b"));
    assertThat(scope(none, "mytest", "a").labels()).isEmpty();
    assertThat(scope(byApp, "mytest", "a")).isEqualTo(scope(byApp, "mytest", "b"));
    assertThat(scope(byApp, "mytest", "a").labels()).containsExactly(Map.entry("app", "x"));
    assertThat(scope(byPod, "mytest", "a")).isNotEqualTo(scope(byPod, "mytest", "b"));
    assertThat(sidecarView(byPod, "mytest", "a").routes()).hasSize(1);
    assertThat(sidecarView(byPod, "mytest", "b").routes()).isEmpty();
  }

  @Test
  void aScopeWhoseWorkloadOrGatewayIsGoneSeesNothing() {
    MeshModel before = model(HTTPBIN);
    Scope sidecar = scope(before, "mytest", "sleep-a");
    Scope gateway = scope(before, "istio-egress", "egressgateway-0");
    ResourceImage image = mesh(HTTPBIN);

    MeshModel noSidecar = after(image, delete(sidecar("mytest", "sleep-a")));
    assertThat(((SidecarView) noSidecar.view(sidecar)).routes()).isEmpty();
    assertThat(before.emptyView(sidecar)).isEqualTo(noSidecar.view(sidecar));

    MeshModel noProxy = after(image, delete(proxy("egressgateway-0", "egressgateway", "")));
    assertThat(((EgressGatewayView) noProxy.view(gateway)).listeners()).isEmpty();

    MeshModel noGateway = after(image, delete(gateway("egressgateway")));
    assertThat(((EgressGatewayView) noGateway.view(gateway)).listeners()).isEmpty();
    assertThat(((SidecarView) noGateway.view(sidecar)).routes()).isEmpty();
  }

  private static Change delete(Resource resource) {
    return new Change.Delete("file:a", resource.key());
  }

  private static MeshModel after(ResourceImage image, Change change) {
    return MeshModel.link(image.with(List.of(change))).model();
  }

  @Test
  void aGatewaysScopeListensOnItsAddressOrWhereItsProxyAsked() {
    MeshModel model = model();
    Workload proxy = model.workload("istio-egress", "egressgateway-0").orElseThrow();
    ListenOptions asked =
        new ListenOptions(
            ListenOptions.Interception.TPROXY, "127.0.0.1:1", "127.0.0.1:2", "127.0.9.9");

    assertThat(model.scope(proxy, ListenOptions.DEFAULT).address()).isEqualTo("127.0.2.1");
    assertThat(model.scope(proxy, asked).address()).isEqualTo("127.0.9.9");
    assertThat(((EgressGatewayView) model.view(model.scope(proxy, asked))).listeners()).hasSize(2);
  }

  @Test
  void hostAliasesAndResolversReachTheGateway() {
    MeshConfig config =
        new MeshConfig(
            Metadata.of("", "default"),
            "example.test",
            MeshConfig.OutboundMode.ALLOW_ANY,
            "istio-system",
            new MeshConfig.Dns(
                List.of("127.0.0.53"),
                List.of(new MeshConfig.HostAlias("127.0.3.1", List.of("httpbin.org")))),
            MeshConfig.DEFAULT.externalTrust(),
            MeshConfig.DEFAULT.certificates());
    MeshModel model = model(config, HTTPBIN);

    EgressGatewayView view = gatewayView(model, "egressgateway-0");
    assertThat(view.trustDomain()).isEqualTo("example.test");
    assertThat(view.resolvers()).containsExactly("127.0.0.53");
    assertThat(view.listeners().get(0).routes())
        .extracting(ExternalRoute::host, ExternalRoute::addresses)
        .containsExactly(
            tuple("httpbin.org", List.of("127.0.3.1")), tuple("www.httpbin.org", List.of()));
    assertThat(sidecarView(model, "mytest", "sleep-a").mode())
        .isEqualTo(MeshConfig.OutboundMode.ALLOW_ANY);
  }

  @Test
  void whereADocumentStandsChangesNeitherModelNorView() {
    ResourceImage moved =
        mesh(HTTPBIN)
            .with(List.of(new Change.Upsert("file:a", Written.at("other.yaml", 99, HTTPBIN))));

    assertThat(moved).isNotEqualTo(mesh(HTTPBIN));
    MeshModel model = MeshModel.link(moved).model();
    assertThat(model).isEqualTo(model(HTTPBIN));
    assertThat(gatewayView(model, "egressgateway-0"))
        .isEqualTo(gatewayView(model(HTTPBIN), "egressgateway-0"));
  }
}
