package io.sallyport.e2e.playground;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.sallyport.e2e.harness.Answer;
import io.sallyport.e2e.harness.Application;
import io.sallyport.e2e.harness.EnvoyProcess;
import io.sallyport.e2e.harness.MeshUnderTest;
import io.sallyport.e2e.harness.PretendAuthority;
import io.sallyport.policy.Document;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.read.DocumentReader;
import io.sallyport.policy.read.ReadDocument;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocketFactory;

/// Does the steps on a running mesh. After a change of policy a step repeats its request until the
/// expected answer comes, or a deadline: the time until then is how long the change took to be
/// enforced on real traffic.
final class Walk {
  private static final Duration ENFORCED = Duration.ofSeconds(10);

  private final MeshUnderTest mesh;
  private final SSLSocketFactory tls;
  private final Map<String, Document> policies = new HashMap<>();
  private int requests;

  Walk(MeshUnderTest mesh) {
    this.mesh = mesh;
    this.tls =
        PretendAuthority.clientContext(mesh.internet().authority().certificate())
            .getSocketFactory();
  }

  /// What one step gave.
  ///
  /// @param got what came back
  /// @param decidedBy the policy and place of the rule, or that there is none
  /// @param enforcedAfter from the change of the file to the first answer as expected; empty where
  ///   the step changed nothing
  record Result(Step step, String got, String decidedBy, Optional<Duration> enforcedAfter) {
    boolean asExpected() {
      return got.equals(step.expected().toString());
    }
  }

  Result run(Step step) {
    long start = System.nanoTime();
    step.change().ifPresent(this::change);
    Result result = once(step);
    while (step.change().isPresent()
        && !result.asExpected()
        && System.nanoTime() - start < ENFORCED.toNanos()) {
      result = once(step);
    }
    return step.change().isEmpty()
        ? result
        : new Result(
            step,
            result.got(),
            result.decidedBy(),
            Optional.of(Duration.ofNanos(System.nanoTime() - start)));
  }

  private void change(Step.Change change) {
    switch (change) {
      case Step.Change.Apply(String file) -> {
        String text = mesh.documents().policy(file);
        new DocumentReader()
            .read(file, text.getBytes(StandardCharsets.UTF_8)).documents().stream()
                .map(ReadDocument::document)
                .flatMap(Optional::stream)
                .forEach(document -> policies.put(document.key().qualifiedName(), document));
        mesh.documents().write(file, text);
      }
      case Step.Change.Delete(String file) -> mesh.documents().delete(file);
    }
  }

  private Result once(Step step) {
    boolean sleepA = step.from() == Step.Caller.SLEEP_A;
    Application application = sleepA ? mesh.sleepAApplication() : mesh.nginxApplication();
    EnvoyProcess sidecar = sleepA ? mesh.sleepA() : mesh.nginx();
    int logged = sidecar.accessLog().size();
    return step.request().scheme().equals("https")
        ? https(step, application, sidecar, logged)
        : http(step, application, sidecar, logged);
  }

  private Result https(Step step, Application application, EnvoyProcess sidecar, int logged) {
    String host = step.request().host();
    int gatewayLogged = mesh.gateway().accessLog().size();
    Answer answer = application.https(tls, host, mesh.layout().https(), "/");
    Predicate<JsonObject> thisOne = entry -> host.equals(text(entry, "requested_server_name"));
    JsonObject line = sidecar.awaitLog("the connection to " + host, logged, thisOne);
    String got;
    if (answer.status() == 0) {
      got = "reset, " + text(line, "upstream_cluster");
    } else {
      mesh.gateway().awaitLog("the connection to " + host, gatewayLogged, thisOne);
      got = answer.status() + " via gateway";
    }
    return new Result(step, got, decision(step, line), Optional.empty());
  }

  private Result http(Step step, Application application, EnvoyProcess sidecar, int logged) {
    Step.Request request = step.request();
    String path = request.path() + "?step=" + ++requests;
    int gatewayLogged = mesh.gateway().accessLog().size();
    Answer answer =
        application.http(
            request.method(),
            request.host(),
            mesh.layout().http(),
            path,
            request.method().equals("GET") ? "" : "Content-Length: 0\r\n");
    Predicate<JsonObject> thisOne = entry -> path.equals(text(entry, "path"));
    JsonObject line = sidecar.awaitLog(request.method() + " " + path, logged, thisOne);
    String got = answer.status() == 0 ? answer.toString() : String.valueOf(answer.status());
    if (answer.status() == 403) {
      line = mesh.gateway().awaitLog("POST " + path, gatewayLogged, thisOne);
      got += " " + ((Answer.Response) answer).body();
    }
    if (answer.status() == 200) {
      JsonObject atGateway = mesh.gateway().awaitLog("GET " + path, gatewayLogged, thisOne);
      got += text(atGateway, "response_code").equals("200") ? " via gateway" : " past the gateway";
      String url = ((Answer.Response) answer).json().get("url").getAsString();
      got += url.startsWith("https://") ? ", https" : "";
    }
    return new Result(step, got, decision(step, line), Optional.empty());
  }

  /// The words of the access log, with the rule's place as `file:line`.
  private String decision(Step step, JsonObject line) {
    String[] denied = text(line, "denied_by").split("#", 2);
    boolean isDenied = denied.length == 2;
    String policy = isDenied ? denied[0] : text(line, "policy");
    String rule = isDenied ? denied[1] : text(line, "rule");
    if (policy.equals("no-rule") || policy.isEmpty()) {
      Step.Request request = step.request();
      int port = request.scheme().equals("https") ? mesh.layout().https() : mesh.layout().http();
      return "no rule grants " + request.host() + ":" + port + " to " + step.from();
    }
    return Optional.ofNullable(policies.get(policy))
        .flatMap(document -> document.position(new FieldPath(rule)))
        .map(position -> policy + " · " + position.file() + ":" + position.line())
        .orElse(policy + " · " + rule);
  }

  private static String text(JsonObject entry, String field) {
    JsonElement value = entry.get(field);
    return value == null || value.isJsonNull() ? "" : value.getAsString();
  }

  List<Step> steps() {
    return Step.seedCases();
  }
}
