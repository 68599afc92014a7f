package io.sallyport.bootstrap;

import static io.sallyport.bootstrap.YamlTree.tree;
import static io.sallyport.bootstrap.YamlTree.typed;
import static io.sallyport.bootstrap.YamlTree.yaml;

import io.sallyport.identity.SpiffeId;
import io.sallyport.mesh.ListenOptions.Interception;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The text of `envoy.yaml` and of the files beside it that name the proxy's certificate. Pure. The
/// documents are built as trees and then written, so that no value can become structure.
final class EnvoyBootstrap {
  private static final String ADS_CERTIFICATE = "ads-certificate";
  private static final String ADS_TRUST_BUNDLE = "ads-trust-bundle";
  private static final String TLS =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
  private static final String HTTP_OPTIONS =
      "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private final BootstrapRequest request;
  private final SpiffeId controlPlane;
  private final Path directory;

  /// @param directory where the proxy sees the files
  EnvoyBootstrap(BootstrapRequest request, SpiffeId controlPlane, Path directory) {
    this.request = request;
    this.controlPlane = controlPlane;
    this.directory = directory;
  }

  String envoyYaml() {
    return """
    # Written by 'sallyport bootstrap'. Envoy gets everything else from the control plane, over
    # mutual TLS with the certificate beside this file.
    """
        + yaml(
            tree(
                "node",
                node(),
                "admin",
                tree("address", socketAddress(request.envoyAdmin())),
                "dynamic_resources",
                dynamicResources(),
                "static_resources",
                tree("clusters", List.of(xdsCluster())),
                "bootstrap_extensions",
                List.of(
                    typed(
                        "envoy.bootstrap.internal_listener",
                        "envoy.extensions.bootstrap.internal_listener.v3.InternalListener")),
                "overload_manager",
                OverloadLimits.manager(request.kind()),
                "layered_runtime",
                tree(
                    "layers",
                    List.of(tree("name", "static", "static_layer", OverloadLimits.runtime())))));
  }

  String certificateYaml() {
    return secretYaml(
        ADS_CERTIFICATE,
        "tls_certificate",
        tree(
            "certificate_chain",
            file(CredentialDirectory.CERTIFICATE),
            "private_key",
            file(CredentialDirectory.KEY),
            "watched_directory",
            tree("path", directory.toString())));
  }

  String trustYaml() {
    return secretYaml(
        ADS_TRUST_BUNDLE,
        "validation_context",
        tree(
            "trusted_ca",
            file(CredentialDirectory.TRUST_BUNDLE),
            "watched_directory",
            tree("path", directory.toString())));
  }

  private Map<String, Object> node() {
    SequencedMap<String, Object> node =
        tree(
            "id",
            BootstrapRequest.name(request.kind())
                + "~"
                + request.namespace()
                + "~"
                + request.workload(),
            "cluster",
            request.workload() + "." + request.namespace());
    SequencedMap<String, Object> wishes = tree();
    BootstrapRequest.Listen listen = request.listen();
    listen.interception().ifPresent(how -> wishes.put("interception", name(how)));
    listen.outbound().ifPresent(address -> wishes.put("outbound", address.toString()));
    listen.inbound().ifPresent(address -> wishes.put("inbound", address.toString()));
    listen.bind().ifPresent(address -> wishes.put("bind", address));
    listen.dns().ifPresent(address -> wishes.put("dns", address.toString()));
    if (!wishes.isEmpty()) {
      node.put("metadata", tree("sallyport", wishes));
    }
    return node;
  }

  private static String name(Interception interception) {
    return switch (interception) {
      case REDIRECT -> "redirect";
      case TPROXY -> "tproxy";
      case PROXY_PROTOCOL -> "proxy-protocol";
    };
  }

  /// Incremental ADS. It waits for its first configuration without end: a proxy that gave up would
  /// be ready and serve nothing.
  private static Map<String, Object> dynamicResources() {
    Map<String, Object> backOff = tree("base_interval", "0.5s", "max_interval", "5s");
    return tree(
        "ads_config",
        tree(
            "api_type",
            "DELTA_GRPC",
            "transport_api_version",
            "V3",
            "set_node_on_first_message_only",
            true,
            "grpc_services",
            List.of(
                tree(
                    "envoy_grpc",
                    tree("cluster_name", "xds", "retry_policy", tree("retry_back_off", backOff))))),
        "cds_config",
        overAds(),
        "lds_config",
        overAds());
  }

  private static Map<String, Object> overAds() {
    return tree("ads", tree(), "resource_api_version", "V3", "initial_fetch_timeout", "0s");
  }

  private Map<String, Object> xdsCluster() {
    HostPort xds = request.xds();
    SequencedMap<String, Object> cluster =
        tree("name", "xds", "type", xds.isAddress() ? "STATIC" : "STRICT_DNS");
    if (!xds.isAddress()) {
      cluster.put("dns_lookup_family", "V4_PREFERRED");
    }
    cluster.put("connect_timeout", "5s");
    cluster.put(
        "load_assignment",
        tree(
            "cluster_name",
            "xds",
            "endpoints",
            List.of(
                tree(
                    "lb_endpoints",
                    List.of(tree("endpoint", tree("address", socketAddress(xds))))))));
    Map<String, Object> keepalive = tree("interval", "30s", "timeout", "10s");
    cluster.put(
        "typed_extension_protocol_options",
        tree(
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            tree(
                "@type",
                HTTP_OPTIONS,
                "explicit_http_config",
                tree("http2_protocol_options", tree("connection_keepalive", keepalive)))));
    cluster.put("transport_socket", transportSocket());
    return cluster;
  }

  /// Mutual TLS; the server must be the control plane by its SPIFFE ID, whatever its address.
  private Map<String, Object> transportSocket() {
    SequencedMap<String, Object> context =
        tree(
            "@type",
            TLS + "UpstreamTlsContext",
            "common_tls_context",
            tree(
                "tls_params",
                tree(
                    "tls_minimum_protocol_version",
                    "TLSv1_2",
                    "tls_maximum_protocol_version",
                    "TLSv1_3"),
                "tls_certificate_sds_secret_configs",
                List.of(secret(ADS_CERTIFICATE, CredentialDirectory.CERTIFICATE_SDS)),
                "combined_validation_context",
                tree(
                    "default_validation_context",
                    tree(
                        "match_typed_subject_alt_names",
                        List.of(
                            tree(
                                "san_type",
                                "URI",
                                "matcher",
                                tree("exact", controlPlane.toString())))),
                    "validation_context_sds_secret_config",
                    secret(ADS_TRUST_BUNDLE, CredentialDirectory.TRUST_SDS))));
    if (!request.xds().isAddress()) { // RFC 6066, section 3: no address in SNI
      context.put("sni", request.xds().host());
    }
    return tree("name", "envoy.transport_sockets.tls", "typed_config", context);
  }

  private Map<String, Object> secret(String name, String file) {
    return tree(
        "name",
        name,
        "sds_config",
        tree(
            "path_config_source",
            tree("path", directory.resolve(file).toString()),
            "resource_api_version",
            "V3"));
  }

  private static String secretYaml(String name, String kind, Map<String, Object> content) {
    Map<String, Object> secret = tree("@type", TLS + "Secret", "name", name, kind, content);
    return """
    # Written by 'sallyport bootstrap': a secret that Envoy reads again whenever something is moved
    # into the watched directory.
    """
        + yaml(tree("resources", List.of(secret)));
  }

  private Map<String, Object> file(String name) {
    return tree("filename", directory.resolve(name).toString());
  }

  private static Map<String, Object> socketAddress(HostPort at) {
    return tree("socket_address", tree("address", at.host(), "port_value", at.port()));
  }
}
