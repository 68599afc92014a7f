package io.sallyport.e2e.harness;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// A running Envoy, wherever it runs.
public interface Proxy {
  /// Envoy's `--drain-time-s`: how long an open tunnel may last once its permission is gone.
  /// Envoy's default is 10 minutes.
  Duration DRAIN_TIME = Duration.ofSeconds(3);

  /// What messages call it.
  String name();

  /// Which run of it this is; another one after a restart.
  String instance();

  boolean alive();

  /// What its admin port answers to a GET; empty when that is not 200.
  Optional<String> admin(String path);

  /// The value of one counter or gauge; 0 where Envoy has none of that name.
  default long stat(String name) {
    String filter = URLEncoder.encode("^" + Pattern.quote(name) + "$", StandardCharsets.UTF_8);
    return admin("/stats?filter=" + filter)
        .flatMap(text ->
            text.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> Long.parseLong(line.substring(name.length() + 2).strip()))
                .findFirst())
        .orElse(0L);
  }

  /// Everything it has written so far: its access log, a JSON object a line, and its own messages.
  String output();

  /// The lines of the access log so far, as JSON.
  default List<JsonObject> accessLog() {
    return output().lines().flatMap(line -> json(line).stream()).toList();
  }

  /// Waits for a line of the access log, from line `from` on.
  default JsonObject awaitLog(String what, int from, Predicate<JsonObject> wanted) {
    return Await.value(
        "a line of " + name() + "'s access log: " + what,
        Duration.ofSeconds(10),
        () -> accessLog().stream().skip(from).filter(wanted).reduce((_, last) -> last));
  }

  private static Optional<JsonObject> json(String line) {
    if (!line.startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(JsonParser.parseString(line).getAsJsonObject());
    } catch (JsonSyntaxException e) {
      return Optional.empty();
    }
  }
}
