package nn.layers.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The JSON form of a [Preprocessing]: an object with a property for each of its components, all of
/// them, and no other.
final class PreprocessingJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final List<String> NAMES =
      List.of(
          "channels", "height", "width", "shorterSide", "resampling", "scale", "mean", "deviation");

  private final Map<String, Object> properties = new HashMap<>();

  private PreprocessingJson() {}

  static String write(Preprocessing preprocessing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("channels", preprocessing.channels());
      json.writeNumberField("height", preprocessing.height());
      json.writeNumberField("width", preprocessing.width());
      json.writeNumberField("shorterSide", preprocessing.shorterSide());
      json.writeStringField("resampling", preprocessing.resampling().name());
      json.writeNumberField("scale", preprocessing.scale());
      writeNumbers(json, "mean", preprocessing.mean());
      writeNumbers(json, "deviation", preprocessing.deviation());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return text.toString();
  }

  private static void writeNumbers(JsonGenerator json, String name, List<Float> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (float value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  static Preprocessing read(String text) {
    PreprocessingJson read = new PreprocessingJson();
    try (JsonParser json = JSON.createParser(text)) {
      read.readObject(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "preprocessing is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory does not fail", e);
    }
    List<String> missing =
        NAMES.stream().filter(name -> !read.properties.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "preprocessing has no property " + String.join(", ", missing));
    }
    return new Preprocessing(
        read.whole("channels"),
        read.whole("height"),
        read.whole("width"),
        read.whole("shorterSide"),
        read.resampling(),
        number("scale", read.value("scale")),
        read.numbers("mean"),
        read.numbers("deviation"));
  }

  private void readObject(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("preprocessing is not a JSON object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(
            "preprocessing has an unknown property '" + name + "'; known are "
                + String.join(", ", NAMES));
      }
      if (properties.containsKey(name)) {
        throw new IllegalArgumentException("preprocessing has '" + name + "' twice");
      }
      properties.put(name, readValue(json, name));
    }
    if (json.nextToken() != null) {
      throw new IllegalArgumentException("preprocessing goes on after its end");
    }
  }

  private static Object readValue(JsonParser json, String name) throws IOException {
    JsonToken token = json.nextToken();
    if (token != JsonToken.START_ARRAY) {
      return readScalar(json, name);
    }
    List<Object> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (values.size() == 3) {
        throw wrong(name, "more than 3 values");
      }
      values.add(readScalar(json, name));
    }
    return values;
  }

  private static Object readScalar(JsonParser json, String name) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      default -> throw wrong(name, json.getText());
    };
  }

  private static IllegalArgumentException wrong(String name, @Nullable Object value) {
    return new IllegalArgumentException(
        "preprocessing: '" + name + "' cannot be " + value + " here");
  }

  private Object value(String name) {
    return Objects.requireNonNull(properties.get(name), name); // that all are there was checked
  }

  private int whole(String name) {
    if (value(name) instanceof Double number && number == number.intValue()) {
      return number.intValue();
    }
    throw wrong(name, value(name));
  }

  private Resampling resampling() {
    Object value = value("resampling");
    for (Resampling resampling : Resampling.values()) {
      if (resampling.name().equals(value)) {
        return resampling;
      }
    }
    throw wrong("resampling", value);
  }

  private static float number(String name, @Nullable Object value) {
    if (value instanceof Double number) {
      return number.floatValue();
    }
    throw wrong(name, value);
  }

  private List<Float> numbers(String name) {
    if (value(name) instanceof List<?> values) {
      return values.stream().map(value -> number(name, value)).toList();
    }
    throw wrong(name, value(name));
  }
}
