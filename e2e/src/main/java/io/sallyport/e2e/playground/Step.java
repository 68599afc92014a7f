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

  /// @param scheme `https` where the application itself starts TLS
  record Request(String method, String scheme, String host, String path) {
    static Request http(String host, String path) {
      return new Request("GET", "http", host, path);
    }

    static Request post(String host, String path) {
      return new Request("POST", "http", host, path);
    }

    static Request https(String host) {
      return new Request("GET", "https", host, "/");
    }

    @Override
    public String toString() {
      return method + " " + scheme + "://" + host + (path.equals("/") ? "" : path);
    }
  }

  /// What can come of a request.
  enum Outcome {
    ANSWERED_BY_GATEWAY("200 via gateway"),
    UPGRADED_BY_GATEWAY("200 via gateway, https"),
    REFUSED_502("502"),
    DENIED_BY_GATEWAY("403 RBAC: access denied"),
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

  /// The seed cases 0 to 5, one policy after the other, each deleted before the next.
  static List<Step> seedCases() {
    List<Step> steps = new java.util.ArrayList<>(http());
    steps.addAll(upgrade());
    steps.addAll(passthrough());
    steps.addAll(both());
    steps.addAll(tcp());
    steps.addAll(denyPost());
    return List.copyOf(steps);
  }

  private static List<Step> upgrade() {
    String file = "https-upgrade.yaml";
    List<Step> steps = new java.util.ArrayList<>();
    Request http = Request.http("httpbin.org", "/anything");
    Request https = Request.https("www.httpbin.org");
    add(steps, file, new Change.Apply(file), Caller.SLEEP_A, http, Outcome.UPGRADED_BY_GATEWAY);
    add(steps, file, null, Caller.SLEEP_A, https, Outcome.ANSWERED_BY_GATEWAY);
    add(steps, file, null, Caller.NGINX, http, Outcome.REFUSED_502);
    add(steps, file, null, Caller.NGINX, https, Outcome.RESET);
    add(steps, "deleted", new Change.Delete(file), Caller.SLEEP_A, http, Outcome.REFUSED_502);
    add(steps, "deleted", null, Caller.SLEEP_A, https, Outcome.RESET);
    return steps;
  }

  private static List<Step> passthrough() {
    String file = "https-passthrough.yaml";
    List<Step> steps = new java.util.ArrayList<>();
    Request http = Request.http("www.httpbin.org", "/");
    Request https = Request.https("www.httpbin.org");
    add(steps, file, new Change.Apply(file), Caller.SLEEP_A, https, Outcome.ANSWERED_BY_GATEWAY);
    add(steps, file, null, Caller.SLEEP_A, http, Outcome.REFUSED_502);
    add(steps, file, null, Caller.NGINX, http, Outcome.REFUSED_502);
    add(steps, file, null, Caller.NGINX, https, Outcome.RESET);
    add(steps, "deleted", new Change.Delete(file), Caller.SLEEP_A, https, Outcome.RESET);
    return steps;
  }

  private static List<Step> both() {
    String file = "https-upgrade-and-passthrough.yaml";
    List<Step> steps = new java.util.ArrayList<>();
    Request http = Request.http("httpbin.org", "/anything");
    Request https = Request.https("httpbin.org");
    add(steps, "both", new Change.Apply(file), Caller.SLEEP_A, http, Outcome.UPGRADED_BY_GATEWAY);
    add(steps, "both", null, Caller.SLEEP_A, https, Outcome.ANSWERED_BY_GATEWAY);
    add(steps, "deleted", new Change.Delete(file), Caller.SLEEP_A, http, Outcome.REFUSED_502);
    return steps;
  }

  private static List<Step> tcp() {
    String file = "tcp.yaml";
    List<Step> steps = new java.util.ArrayList<>();
    Request http = Request.http("www.alibabacloud.com", "/");
    Request https = Request.https("www.alibabacloud.com");
    add(steps, file, new Change.Apply(file), Caller.SLEEP_A, https, Outcome.ANSWERED_BY_GATEWAY);
    add(steps, file, null, Caller.SLEEP_A, http, Outcome.REFUSED_502);
    add(steps, file, null, Caller.NGINX, http, Outcome.REFUSED_502);
    add(steps, file, null, Caller.NGINX, https, Outcome.RESET);
    add(steps, "deleted", new Change.Delete(file), Caller.SLEEP_A, https, Outcome.RESET);
    return steps;
  }

  private static List<Step> denyPost() {
    String file = "deny-post.yaml";
    List<Step> steps = new java.util.ArrayList<>();
    Request get = Request.http("httpbin.org", "/get");
    Request post = Request.post("httpbin.org", "/post");
    Change apply = new Change.Apply("http.yaml");
    add(steps, "http.yaml", apply, Caller.SLEEP_A, post, Outcome.ANSWERED_BY_GATEWAY);
    add(steps, file, new Change.Apply(file), Caller.SLEEP_A, post, Outcome.DENIED_BY_GATEWAY);
    add(steps, file, null, Caller.SLEEP_A, get, Outcome.ANSWERED_BY_GATEWAY);
    Change delete = new Change.Delete(file);
    add(steps, "deleted", delete, Caller.SLEEP_A, post, Outcome.ANSWERED_BY_GATEWAY);
    Change deleteAll = new Change.Delete("http.yaml");
    add(steps, "deleted", deleteAll, Caller.SLEEP_A, get, Outcome.REFUSED_502);
    return steps;
  }

  /// Cases 0 and 1, with the policy deleted, applied again and deleted once more.
  private static List<Step> http() {
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
