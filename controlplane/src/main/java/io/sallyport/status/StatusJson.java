package io.sallyport.status;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.sallyport.snapshot.ResourceType;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reports as JSON: records as objects, instants as RFC 3339 text in UTC, constants in lower case
/// with dashes, types of resources as people call them (`CDS`), an empty value as `null`.
public final class StatusJson {
  private static final Gson GSON =
      new GsonBuilder()
          .registerTypeAdapter(
              Instant.class,
              (JsonSerializer<Instant>) (instant, _, _) -> new JsonPrimitive(instant.toString()))
          .registerTypeAdapter(
              Instant.class,
              (JsonDeserializer<Instant>) (json, _, _) -> instant(json.getAsString()))
          .registerTypeAdapterFactory(new OptionalFactory())
          .registerTypeAdapterFactory(new EnumFactory())
          .serializeNulls()
          .disableHtmlEscaping()
          .setPrettyPrinting()
          .create();

  private StatusJson() {}

  /// Writes a report.
  public static String write(Record report) {
    return GSON.toJson(report);
  }

  /// Reads a report.
  ///
  /// @throws JsonParseException where `json` is no such report
  public static <T extends Record> T read(String json, Class<T> report) {
    T read;
    try {
      read = GSON.fromJson(json, report);
    } catch (JsonParseException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new JsonParseException(e); // a record refused its values
    }
    if (read == null) {
      throw new JsonParseException("empty");
    }
    return read;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new JsonParseException(e);
    }
  }

  private static final class OptionalFactory implements TypeAdapterFactory {
    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
      if (type.getRawType() != Optional.class
          || !(type.getType() instanceof ParameterizedType optional)) {
        return null;
      }
      TypeToken<?> value = TypeToken.get(optional.getActualTypeArguments()[0]);
      return (TypeAdapter<T>) new OptionalAdapter<>(gson.getAdapter(value));
    }
  }

  private static final class OptionalAdapter<T> extends TypeAdapter<Optional<T>> {
    private final TypeAdapter<T> value;

    OptionalAdapter(TypeAdapter<T> value) {
      this.value = value;
    }

    @Override
    public void write(JsonWriter out, Optional<T> optional) throws IOException {
      if (optional.isPresent()) {
        value.write(out, optional.get());
      } else {
        out.nullValue();
      }
    }

    @Override
    public Optional<T> read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return Optional.empty();
      }
      return Optional.of(value.read(in));
    }
  }

  private static final class EnumFactory implements TypeAdapterFactory {
    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
      Object[] constants = type.getRawType().getEnumConstants();
      return constants == null ? null : (TypeAdapter<T>) new EnumAdapter(constants);
    }
  }

  private static final class EnumAdapter extends TypeAdapter<Object> {
    private final Map<String, Object> constants = new HashMap<>();

    EnumAdapter(Object[] constants) {
      for (Object constant : constants) {
        this.constants.put(text(constant), constant);
      }
    }

    private static String text(Object constant) {
      return constant instanceof ResourceType type
          ? type.shortName()
          : constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public void write(JsonWriter out, Object constant) throws IOException {
      out.value(text(constant));
    }

    @Override
    public Object read(JsonReader in) throws IOException {
      String text = in.nextString();
      Object constant = constants.get(text);
      if (constant == null) {
        throw new JsonParseException("unknown value " + text);
      }
      return constant;
    }
  }
}
