package io.sallyport.compile;

import static io.sallyport.compile.Views.NGINX;
import static io.sallyport.compile.Views.SLEEP_A;
import static io.sallyport.compile.Views.external;
import static io.sallyport.compile.Views.gateway;
import static io.sallyport.compile.Views.grant;
import static io.sallyport.compile.Views.listener;
import static io.sallyport.compile.Views.rule;
import static io.sallyport.compile.Views.sidecar;
import static io.sallyport.compile.Views.to;

import io.sallyport.mesh.Change;
import io.sallyport.mesh.ListenOptions;
import io.sallyport.mesh.ListenOptions.Interception;
import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.ResourceImage;
import io.sallyport.mesh.ScopeView;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ServiceEndpoints;
import io.sallyport.mesh.ServiceEndpoints.Endpoint;
import io.sallyport.mesh.ServicePort;
import io.sallyport.mesh.Workload;
import io.sallyport.policy.Kind;
import io.sallyport.policy.Origin;
import io.sallyport.policy.Outside.Exchange;
import io.sallyport.policy.ResourceKey;
import io.sallyport.policy.read.DocumentReader;
import io.sallyport.policy.read.ReadDocument;
import io.sallyport.policy.read.ReadResult;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// The cases whose whole output is kept as golden files, `compile/CASE/out/SCOPE/`: those with
/// documents in `compile/CASE/in/`, and those that are written here, because no document says them
/// (yet) or many would have to.
final class GoldenCases {
  private static final List<String> HTTPBIN = List.of("127.0.3.1");
  private static final EnvoyCompiler COMPILER = new EnvoyCompiler();

  private GoldenCases() {}

  /// The resources by case, then by scope.
  static SortedMap<String, SortedMap<String, List<VersionedResource>>> all(Path root)
      throws IOException {
    SortedMap<String, SortedMap<String, List<VersionedResource>>> cases = new TreeMap<>();
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.sorted().toList()) {
        if (Files.isDirectory(folder.resolve("in"))) {
          cases.put(folder.getFileName().toString(), fromDocuments(folder.resolve("in")));
        }
      }
    }
    views().forEach((name, scopes) -> cases.put(name, compiled(scopes)));
    return cases;
  }

  /// The scope of every workload's proxy, as its bootstrap asks for it.
  private static SortedMap<String, List<VersionedResource>> fromDocuments(Path folder)
      throws IOException {
    List<Change> changes = new ArrayList<>();
    List<ResourceKey> workloads = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        ReadResult read = new DocumentReader().read(file.toString(), Files.readAllBytes(file));
        for (ReadDocument document : read.documents()) {
          changes.add(new Change.Upsert("test", document.document().orElseThrow()));
          if (document.key().kind() == Kind.WORKLOAD_ENTRY) {
            workloads.add(document.key());
          }
        }
      }
    }
    MeshModel model = MeshModel.link(ResourceImage.EMPTY.with(changes)).model();
    SortedMap<String, List<VersionedResource>> scopes = new TreeMap<>();
    for (ResourceKey key : workloads) {
      Workload workload = model.workload(key.namespace(), key.name()).orElseThrow();
      ScopeView view = model.view(model.scope(workload, ListenOptions.DEFAULT));
      scopes.put(key.name(), compiled(view, model::endpoints));
    }
    return scopes;
  }

  private static SortedMap<String, List<VersionedResource>> compiled(
      Map<String, ScopeView> scopes) {
    SortedMap<String, List<VersionedResource>> resources = new TreeMap<>();
    scopes.forEach((scope, view) -> resources.put(scope, compiled(view, GoldenCases::endpoints)));
    return resources;
  }

  private static List<VersionedResource> compiled(
      ScopeView view, Function<ServicePort, ServiceEndpoints> endpoints) {
    List<VersionedResource> resources = new ArrayList<>(COMPILER.compile(view));
    view.services().forEach(service -> resources.add(COMPILER.endpoints(endpoints.apply(service))));
    return resources;
  }

  private static ServiceEndpoints endpoints(ServicePort service) {
    return new ServiceEndpoints(service, List.of(new Endpoint("127.0.2.1", service.port())));
  }

  private static Map<String, Map<String, ScopeView>> views() {
    Map<String, Map<String, ScopeView>> cases = new TreeMap<>();
    cases.put("two-ports", twoPorts());
    cases.put("two-addresses", twoAddresses());
    cases.put("dns", dns());
    cases.put("overlapping-grants", overlappingGrants());
    cases.put("no-principals", noPrincipals());
    cases.put("interception", interception());
    cases.put("remapped-ports", remappedPorts());
    return cases;
  }

  private static Map<String, ScopeView> twoPorts() {
    Origin web = rule(0, 0);
    Origin other = rule(0, 1);
    return Map.of(
        "sleep-a",
        sidecar(
            to("httpbin.org", 80, web),
            new OutboundRoute(
                8080, "httpbin.org", Views.hop(8080), Exchange.DEFAULT, Views.allowed(other))),
        "gateway",
        gateway(
            List.of(),
            listener(80, 80, external("httpbin.org", 80, HTTPBIN, grant(web, SLEEP_A))),
            listener(8080, 8080, external("httpbin.org", 8080, HTTPBIN, grant(other, SLEEP_A)))));
  }

  private static Map<String, ScopeView> twoAddresses() {
    Origin rule = rule(0, 0);
    return Map.of(
        "gateway",
        gateway(
            List.of(),
            listener(
                80,
                80,
                external("a.example", 80, List.of("127.0.3.1"), grant(rule, SLEEP_A)),
                external("b.example", 80, List.of("127.0.3.2", "fd00::2"), grant(rule, SLEEP_A)))));
  }

  private static Map<String, ScopeView> dns() {
    ScopeView.GatewayListener listener =
        listener(80, 80, external("httpbin.org", 80, List.of(), grant(rule(0, 0), SLEEP_A)));
    return Map.of(
        "gateway-own-resolvers",
        gateway(List.of(), listener),
        "gateway-resolvers",
        gateway(List.of("10.0.0.53", "10.0.0.54:5353", "fd00::53", "[fd00::54]:5353"), listener));
  }

  private static Map<String, ScopeView> overlappingGrants() {
    Origin first = rule(0, 0);
    Origin second = rule(1, 0);
    Origin elsewhere = rule("partners", 0, 0);
    return Map.of(
        "sleep-a",
        sidecar(to("httpbin.org", 80, first, elsewhere)),
        "gateway",
        gateway(
            List.of(),
            listener(
                80,
                80,
                external(
                    "httpbin.org",
                    80,
                    HTTPBIN,
                    grant(first, SLEEP_A),
                    grant(second, NGINX),
                    grant(elsewhere, NGINX, SLEEP_A)))));
  }

  private static Map<String, ScopeView> noPrincipals() {
    return Map.of(
        "gateway",
        gateway(
            List.of(), listener(80, 80, external("httpbin.org", 80, HTTPBIN, grant(rule(0, 0))))));
  }

  private static Map<String, ScopeView> interception() {
    Map<String, ScopeView> scopes = new TreeMap<>();
    for (Interception interception : Interception.values()) {
      String name = interception.name().toLowerCase(Locale.ROOT).replace('_', '-');
      scopes.put(
          name, sidecar(new ListenOptions(interception, "127.0.0.1:15001", "127.0.0.1:15006", "")));
    }
    scopes.put(
        "redirect-ipv6",
        sidecar(new ListenOptions(Interception.REDIRECT, "[::1]:25001", "[::1]:25006", "")));
    return scopes;
  }

  private static Map<String, ScopeView> remappedPorts() {
    ScopeView.GatewayListener listener =
        listener(80, 18080, external("httpbin.org", 80, HTTPBIN, grant(rule(0, 0), SLEEP_A)));
    ListenOptions own = ListenOptions.DEFAULT;
    ListenOptions bound =
        new ListenOptions(own.interception(), own.outbound(), own.inbound(), "127.0.2.9");
    return Map.of(
        "own-address", gateway("127.0.2.1", own, List.of(), listener),
        "bound", gateway("127.0.2.1", bound, List.of(), listener),
        "named", gateway("egress-0.example", own, List.of(), listener));
  }
}
