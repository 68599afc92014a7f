package io.sallyport.compile.filter;

/// Sends a request where its route says. It adds no `x-envoy-*` header, neither to the request nor
/// to the response.
final class Router {
  static final String NAME = "envoy.filters.http.router";
  static final io.envoyproxy.envoy.extensions.filters.http.router.v3.Router CONFIG =
      io.envoyproxy.envoy.extensions.filters.http.router.v3.Router.newBuilder()
          .setSuppressEnvoyHeaders(true)
          .build();

  private Router() {}
}
