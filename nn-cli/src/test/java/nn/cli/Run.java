package nn.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/// One run of the command line inside the test's own process.
///
/// @param exit the exit code
/// @param out what it printed on standard output
/// @param err what it printed on standard error
record Run(int exit, String out, String err) {
  /// Runs `graft` with these arguments.
  static Run graft(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine(null);
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    int exit =
        commandLine.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    return new Run(exit, out.toString(), err.toString());
  }

  /// The one JSON object on standard output, numbers as doubles, objects as maps, arrays as lists.
  @SuppressWarnings("unchecked")
  Map<String, Object> json() {
    try (JsonParser parser = new JsonFactory().createParser(out)) {
      parser.nextToken();
      Object value = value(parser);
      if (!(value instanceof Map) || parser.nextToken() != null) {
        throw new AssertionError("not one JSON object: " + out);
      }
      return (Map<String, Object>) value;
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + out, e);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }
}
