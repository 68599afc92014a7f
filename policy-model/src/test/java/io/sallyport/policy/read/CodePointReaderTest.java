package io.sallyport.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/// With our reader, snakeyaml sees what it sees with its own.
class CodePointReaderTest {
  static Stream<Path> files() throws IOException {
    return Files.walk(Path.of("src/test/resources/policies"))
        .filter(file -> file.toString().endsWith(".yaml"))
        .sorted();
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsGoldensAlike(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    // ours counts lines as YAML 1.2 does, and gets no text with these
    assertSame(text.replaceAll("[\u2028\u0000\u001b]", " "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a: b\r\nc: d\re: f\n",
        "a: 😀 # 😀\nb: [😀, \"😀\\U0001F600\"]",
        "a: |\n  b\n\n  c\n",
        "a: >-\n  b\n  c\n\n d",
        "\"a\\\n  b\"",
        "'a''b\n c'",
        "? a\n: b",
        "&a a: *a",
        "!!str a",
        "\t",
        "[",
        "\"",
        "a: b: c",
        "--- |\n",
        "%YAML 1.1\n---\na",
        "\ufeffa: b",
        "- - a\n  - b\n-\n  c"
      })
  void readsOddTextsAlike(String text) {
    assertSame(text);
  }

  private static void assertSame(String text) {
    assertThat(events(new CodePointReader(text))).isEqualTo(events(new StreamReader(text)));
  }

  private static List<String> events(StreamReader reader) {
    List<String> events = new ArrayList<>();
    Parser parser = new ParserImpl(reader, new LoaderOptions());
    try {
      Event event;
      do {
        event = parser.getEvent();
        events.add(
            event + " " + event.getStartMark().getLine() + ":" + event.getStartMark().getColumn());
      } while (!event.is(Event.ID.StreamEnd));
    } catch (YAMLException e) {
      events.add(e.toString().replace("'string'", ""));
    }
    return events;
  }
}
