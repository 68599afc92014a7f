package io.sallyport.e2e.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Where the parts of one mesh listen on the loopback interface. On Linux every workload and every
/// pretend host has an address of its own, and real ports where they can be bound; elsewhere, or
/// without the right to ports below 1024, parts are told apart by high ports.
///
/// @param controlPlane address of the control plane
/// @param http the port on which outside hosts serve HTTP: 80, or a high one
/// @param https the port on which outside hosts serve HTTPS: 443, or a high one
/// @param gatewayHttp the real port of the gateway's listener `http`
/// @param gatewayHttps the real port of the gateway's listener `https`
/// @param gatewayPassthrough the real port of the gateway's listener `https-passthrough`
/// @param gatewayMesh the real port of the gateway's reserved listener
public record Layout(
    String controlPlane,
    String sleepA,
    String nginx,
    String gateway,
    String httpbin,
    String alibaba,
    int http,
    int https,
    int gatewayHttp,
    int gatewayHttps,
    int gatewayPassthrough,
    int gatewayMesh) {
  private static final AtomicInteger NEXT_BLOCK =
      new AtomicInteger((int) (ProcessHandle.current().pid() % 200));
  private static final Set<Integer> GIVEN = new HashSet<>();

  /// A layout that no other mesh of this process uses.
  public static Layout choose() {
    for (int tries = 0; tries < 200; tries++) {
      int block = Math.floorMod(NEXT_BLOCK.getAndIncrement(), 200) + 20;
      Layout layout = withOwnAddresses("127." + block + ".");
      if (canBind(layout.gateway, 80)
          && canBind(layout.gateway, 443)
          && canBind(layout.httpbin, 80)
          && canBind(layout.httpbin, 443)) {
        return layout;
      }
      if (canBind(layout.gateway, 0) && !canBind(layout.gateway, 80) && tries > 2) {
        return withHighPorts(layout);
      }
    }
    String only = "127.0.0.1";
    return withHighPorts(
        new Layout(only, only, only, only, only, only, 80, 443, 80, 443, 444, 15443));
  }

  private static Layout withOwnAddresses(String prefix) {
    return new Layout(
        prefix + "0.1",
        prefix + "1.1",
        prefix + "1.2",
        prefix + "2.1",
        prefix + "3.1",
        prefix + "3.2",
        80,
        443,
        80,
        443,
        444,
        15443);
  }

  private static Layout withHighPorts(Layout layout) {
    return new Layout(
        layout.controlPlane,
        layout.sleepA,
        layout.nginx,
        layout.gateway,
        layout.httpbin,
        layout.alibaba,
        freePort(layout.httpbin),
        freePort(layout.httpbin),
        freePort(layout.gateway),
        freePort(layout.gateway),
        freePort(layout.gateway),
        freePort(layout.gateway));
  }

  /// The outside hosts: names by address. Where only one address is there, only the first host is.
  public SortedMap<String, List<String>> hosts() {
    SortedMap<String, List<String>> hosts = new TreeMap<>();
    hosts.put(httpbin, List.of("httpbin.org", "www.httpbin.org"));
    hosts.putIfAbsent(alibaba, List.of("www.alibabacloud.com"));
    return hosts;
  }

  /// Who outside names are.
  public Map<String, String> names() {
    return Map.of(
        "httpbin.org", httpbin,
        "www.httpbin.org", httpbin,
        "www.alibabacloud.com", alibaba);
  }

  /// Whether outside hosts are on 80 and 443.
  public boolean realPorts() {
    return http == 80;
  }

  /// `::1`, where this machine has it.
  static Optional<String> ipv6Loopback() {
    return canBind("::1", 0) ? Optional.of("::1") : Optional.empty();
  }

  /// A port of `address` that nothing listens on and that was not given before.
  public static synchronized int freePort(String address) {
    for (int tries = 0; tries < 100; tries++) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        if (GIVEN.add(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new IllegalStateException("no port can be bound on " + address, e);
      }
    }
    throw new IllegalStateException("no free port on " + address);
  }

  private static boolean canBind(String address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
