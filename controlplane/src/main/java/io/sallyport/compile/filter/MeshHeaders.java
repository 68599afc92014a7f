package io.sallyport.compile.filter;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/// Takes out what only the mesh may know, before a request leaves it, and what neither an
/// application nor an outside server may tell the mesh's proxies. What an application sent in
/// standard end-to-end headers stays.
final class MeshHeaders {
  static final String NAME = "envoy.filters.http.header_mutation";

  /// Headers that say where inside the mesh a request comes from: `x-forwarded-client-cert`,
  /// `x-forwarded-for`, `-proto` and the others; `x-envoy-*` steer Envoys and come from Envoys.
  private static final List<StringMatcher> OF_REQUESTS =
      List.of(
          prefix("x-envoy-"),
          prefix("x-forwarded-"),
          StringMatcher.newBuilder().setExact("forwarded").build());

  /// An outside server could otherwise influence the retries and health of the proxies before it.
  private static final List<StringMatcher> OF_RESPONSES = List.of(prefix("x-envoy-"));

  private MeshHeaders() {}

  static Message strip() {
    return HeaderRemoval.filter(OF_REQUESTS, OF_RESPONSES);
  }

  private static StringMatcher prefix(String prefix) {
    return StringMatcher.newBuilder().setPrefix(prefix).build();
  }
}
