package io.sallyport.app;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.Problem;
import java.util.List;
import java.util.Locale;

/// Problems as JSON, for other programs.
final class ProblemJson {
  private ProblemJson() {}

  static JsonArray of(List<Problem> problems) {
    JsonArray array = new JsonArray();
    problems.forEach(problem -> array.add(of(problem)));
    return array;
  }

  private static JsonObject of(Problem problem) {
    JsonObject json = new JsonObject();
    json.addProperty("severity", problem.severity().name().toLowerCase(Locale.ROOT));
    json.addProperty("message", problem.message());
    problem.position().ifPresent(position -> place(json, position));
    problem
        .resource()
        .ifPresent(resource -> {
          json.addProperty("kind", resource.kind().kindName());
          json.addProperty("namespace", resource.namespace());
          json.addProperty("name", resource.name());
        });
    json.addProperty("field", problem.field().text());
    if (!problem.help().isEmpty()) {
      json.addProperty("help", problem.help());
    }
    JsonArray related = new JsonArray();
    for (Problem.Related other : problem.related()) {
      JsonObject place = new JsonObject();
      place(place, other.position());
      place.addProperty("note", other.note());
      related.add(place);
    }
    json.add("related", related);
    return json;
  }

  private static void place(JsonObject json, Position position) {
    json.addProperty("file", position.file());
    json.addProperty("line", position.line());
    json.addProperty("column", position.column());
  }
}
