package nn.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One JSON object under construction; members keep their order.
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  /// Adds a member, or replaces the one of this name.
  ///
  /// @param value a text, number, truth value, object, list of such, or null; a number that is not finite becomes null,
  ///     since JSON has no word for it
  /// @return this object
  Json put(String name, @Nullable Object value) {
    members.put(name, value);
    return this;
  }

  /// The object as text, on one line.
  @Override
  public String toString() {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      write(this, generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(@Nullable Object value, JsonGenerator generator) throws IOException {
    switch (value) {
      case null -> generator.writeNull();
      case Json object -> {
        generator.writeStartObject();
        for (Map.Entry<String, @Nullable Object> member : object.members.entrySet()) {
          generator.writeFieldName(member.getKey());
          write(member.getValue(), generator);
        }
        generator.writeEndObject();
      }
      case Iterable<?> list -> {
        generator.writeStartArray();
        for (Object element : list) {
          write(element, generator);
        }
        generator.writeEndArray();
      }
      case Float number when Float.isFinite(number) -> generator.writeNumber(number);
      case Double number when Double.isFinite(number) -> generator.writeNumber(number);
      case Float _,Double _ -> generator.writeNull();
      case Number number -> generator.writeNumber(number.longValue());
      case Boolean truth -> generator.writeBoolean(truth);
      default -> generator.writeString(value.toString());
    }
  }
}
