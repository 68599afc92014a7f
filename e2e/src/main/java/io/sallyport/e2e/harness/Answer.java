package io.sallyport.e2e.harness;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a client got for one request.
public sealed interface Answer {
  /// A response.
  ///
  /// @param headers names in lower case
  record Response(int status, Map<String, List<String>> headers, String body) implements Answer {
    /// The first value of a header.
    public Optional<String> header(String name) {
      List<String> values = headers.getOrDefault(name, List.of());
      return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    /// The body as JSON, as the pretend internet echoes it.
    public JsonObject json() {
      return JsonParser.parseString(body).getAsJsonObject();
    }
  }

  /// The connection ended without a response.
  record Closed(String reason) implements Answer {}

  /// The status, or 0 where there was no response.
  default int status() {
    return switch (this) {
      case Response response -> response.status;
      case Closed _ -> 0;
    };
  }
}
