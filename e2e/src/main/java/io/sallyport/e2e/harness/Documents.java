package io.sallyport.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/// The documents of a mesh, in a directory that the control plane watches. Every write is atomic,
/// as a careful user's tools do it.
///
/// @param directory what `serve --resources` is given
public record Documents(Path directory, Layout layout) {
  /// The name of a second gateway.
  public static final String ANOTHER_GATEWAY = "othergateway";

  /// The mesh itself: two workloads, a gateway, and who outside names are.
  ///
  /// @param meshConfig further lines of `MeshConfig.spec`, or empty
  /// @param listeners further listeners of the gateway, or empty
  public void writeMesh(String meshConfig, String listeners) {
    write("mesh.yaml", mesh(meshConfig, listeners));
  }

  /// The mesh with one text replaced by another.
  public void replaceInMesh(String text, String replacement) {
    write("mesh.yaml", mesh("", "").replace(text, replacement));
  }

  /// Puts the authority of outside hosts beside the mesh, which trusts it.
  public void writeOutsideAuthority(X509Certificate authority) {
    try {
      write(
          "pretend-internet-ca.crt",
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(authority.getEncoded())
              + "\n-----END CERTIFICATE-----\n");
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate without an encoding", e);
    }
  }

  /// A policy of this harness's resources, for example `http.yaml`, with ports as the layout has
  /// them.
  public String policy(String name) {
    try (InputStream in =
        Documents.class.getResourceAsStream("/io/sallyport/e2e/policies/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no policy " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.replace("number: 80\n", "number: " + layout.http() + "\n")
          .replace("number: 443\n", "number: " + layout.https() + "\n")
          .replace("enabled: true\n            port: 443\n", upgradeTo(layout.https()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String upgradeTo(int port) {
    return "enabled: true\n            port: " + port + "\n";
  }

  /// A policy of our own kind, for `sleep-a`.
  ///
  /// @param name `metadata.name`
  /// @param to YAML items, not indented
  public static String ownPolicy(String name, String to) {
    return ownPolicy(name, "{namespace: mytest, workloadSelector: {app: sleep-a}}", to);
  }

  /// A policy of our own kind, with one rule.
  ///
  /// @param name `metadata.name`
  /// @param from sources, as items of a YAML flow sequence
  /// @param to YAML items, not indented
  public static String ownPolicy(String name, String from, String to) {
    return """
    apiVersion: mesh.sallyport.io/v1
    kind: EgressTrafficPolicy
    metadata: {name: %s, namespace: istio-egress}
    spec:
      byEgressGateway: {name: egressgateway}
      egressRules:
        - from: [%s]
          to:
    """
            .formatted(name, from)
        + to.indent(8);
  }

  /// A second gateway, [#ANOTHER_GATEWAY], with HTTP on port 80.
  ///
  /// @param address of its only workload
  /// @param ports the workload's real ports, as items of a YAML mapping, or empty
  public void writeAnotherGateway(String address, String ports) {
    write(
        "another-gateway.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: %1$s-0, namespace: istio-egress}
        spec:
          address: %2$s
          ports: {%3$s}
          serviceAccount: %1$s
          labels: {gateway.networking.k8s.io/gateway-name: %1$s}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: %1$s, namespace: istio-egress}
        spec:
          gatewayClassName: sallyport-egress
          listeners: [{name: http, port: 80, protocol: HTTP}]
        """
            .formatted(ANOTHER_GATEWAY, address, ports));
  }

  /// Puts a file in place at once.
  public void write(String name, String text) {
    try {
      Path draft = Files.createTempFile(directory.getParent(), "draft", ".tmp");
      Files.writeString(draft, text);
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(
          draft,
          directory.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void apply(String policy) {
    write(policy, policy(policy));
  }

  public void delete(String name) {
    try {
      Files.deleteIfExists(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String mesh(String meshConfig, String listeners) {
    String ports =
        layout.realPorts()
            ? ""
            : """

              ports:
                http: %d
                https: %d
                https-passthrough: %d
                mesh-tls: %d\
            """
                .formatted(
                    layout.gatewayHttp(),
                    layout.gatewayHttps(),
                    layout.gatewayPassthrough(),
                    layout.gatewayMesh());
    return """
    apiVersion: mesh.sallyport.io/v1
    kind: MeshConfig
    metadata:
      name: default
    spec:
      trustDomain: cluster.local
      outboundTrafficPolicy:
        mode: REGISTRY_ONLY
      dns:
        hostAliases:
          - ip: %s
            hostnames: [httpbin.org, www.httpbin.org]
          - ip: %s
            hostnames: [www.alibabacloud.com]
      externalTrust:
        caFiles: [pretend-internet-ca.crt]
    %s---
    apiVersion: networking.istio.io/v1
    kind: WorkloadEntry
    metadata:
      name: sleep-a
      namespace: mytest
    spec:
      address: %s
      serviceAccount: sleep-a
      labels:
        app: sleep-a
    ---
    apiVersion: networking.istio.io/v1
    kind: WorkloadEntry
    metadata:
      name: nginx
      namespace: default
    spec:
      address: %s
      serviceAccount: nginx
      labels:
        app: nginx
    ---
    apiVersion: networking.istio.io/v1
    kind: WorkloadEntry
    metadata:
      name: egressgateway-0
      namespace: istio-egress
    spec:
      address: %s
      serviceAccount: egressgateway
      labels:
        gateway.networking.k8s.io/gateway-name: egressgateway
        istio: egressgateway-a%s
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata:
      name: egressgateway
      namespace: istio-egress
    spec:
      gatewayClassName: sallyport-egress
      listeners:
        - name: http
          port: 80
          protocol: HTTP
        - name: https
          port: 443
          protocol: TLS
          tls: {mode: Passthrough}
        - name: https-passthrough
          port: 444
          protocol: TLS
          tls: {mode: Passthrough}
    %s\
    """
        .formatted(
            layout.httpbin(),
            layout.alibaba(),
            meshConfig.isEmpty() ? "" : meshConfig.indent(2),
            layout.sleepA(),
            layout.nginx(),
            layout.gateway(),
            ports.isEmpty() ? "" : "\n" + ports.stripIndent().strip().indent(2).stripTrailing(),
            listeners.isEmpty() ? "" : listeners.indent(4));
  }
}
