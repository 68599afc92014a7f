package io.sallyport.e2e.playground;

import java.util.List;
import java.util.Optional;

/// One row of the walk.
///
/// @param policy what is in force, for people
/// @param change what to do to the policy directory before the request
/// @param from the workload that asks
/// @param expected what must come back
record Step(
    String policy, Optional<Change> change, Caller from, Request request, Outcome expected) {
  /// A change of the watched directory.
  sealed interface Change {
    record Apply(String file) implements Change {}

    record Delete(String file) implements Change {}
  }

  enum Caller {
    SLEEP_A("sleep-a"),
    NGINX("nginx");

    private final String text;

    Caller(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// @param path of HTTP requests; ignored for HTTPS, which never gets that far when refused
  record Request(String scheme, String host, String path) {
    static Request http(String host, String path) {
      return new Request("http", host, path);
    }

    static Request https(String host) {
      return new Request("https", host, "/");
    }

    @Override
    public String toString() {
      return "GET " + scheme + "://" + host + (path.equals("/") ? "" : path);
    }
  }

  /// What can come of a request.
  enum Outcome {
    ANSWERED_BY_GATEWAY("200 via gateway"),
    REFUSED_502("502"),
    RESET("reset, BlackHoleCluster");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// The seed cases 0 and 1, with the policy deleted, applied again and deleted once more.
  static List<Step> seedCases() {
    List<Step> steps = new java.util.ArrayList<>();
    Request www = Request.http("www.httpbin.org", "/");
    Request get = Request.http("httpbin.org", "/get");
    Request secure = Request.https("www.httpbin.org");
    add(steps, "none", null, Caller.SLEEP_A, www, Outcome.REFUSED_502);
    add(steps, "none", null, Caller.NGINX, www, Outcome.REFUSED_502);
    add(steps, "none", null, Caller.SLEEP_A, secure, Outcome.RESET);
    add(steps, "none", null, Caller.NGINX, secure, Outcome.RESET);
    Change apply = new Change.Apply("http.yaml");
    add(steps, "http.yaml", apply, Caller.SLEEP_A, www, Outcome.ANSWERED_BY_GATEWAY);
    add(steps, "http.yaml", null, Caller.SLEEP_A, get, Outcome.ANSWERED_BY_GATEWAY);
    add(steps, "http.yaml", null, Caller.SLEEP_A, secure, Outcome.RESET);
    add(steps, "http.yaml", null, Caller.NGINX, www, Outcome.REFUSED_502);
    add(steps, "http.yaml", null, Caller.NGINX, get, Outcome.REFUSED_502);
    Change delete = new Change.Delete("http.yaml");
    add(steps, "deleted", delete, Caller.SLEEP_A, get, Outcome.REFUSED_502);
    add(steps, "deleted", null, Caller.SLEEP_A, www, Outcome.REFUSED_502);
    add(steps, "applied again", apply, Caller.SLEEP_A, get, Outcome.ANSWERED_BY_GATEWAY);
    add(steps, "applied again", null, Caller.NGINX, get, Outcome.REFUSED_502);
    add(steps, "deleted again", delete, Caller.SLEEP_A, get, Outcome.REFUSED_502);
    return List.copyOf(steps);
  }

  private static void add(
      List<Step> steps,
      String policy,
      @org.jspecify.annotations.Nullable Change change,
      Caller from,
      Request request,
      Outcome expected) {
    steps.add(new Step(policy, Optional.ofNullable(change), from, request, expected));
  }
}
