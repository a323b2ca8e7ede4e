package nn.finetune;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nn.core.NdArray;
import nn.core.Shape;

/// Reads the reference answers: JSON as maps and lists, and safetensors files of 32-bit floats and
/// 64-bit integers. As small as can be, so that the reference does not depend on the readers that
/// the library offers.
final class GoldenFile {
  private final Map<String, Map<?, ?>> header = new LinkedHashMap<>();
  private final ByteBuffer bytes;
  private final int start;

  private GoldenFile(ByteBuffer bytes) throws IOException {
    this.bytes = bytes;
    int length = (int) bytes.getLong(0);
    start = 8 + length;
    String text = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
    ((Map<?, ?>) json(text)).forEach((name, entry) -> header.put((String) name, (Map<?, ?>) entry));
    header.remove("__metadata__");
  }

  static GoldenFile read(Path file) throws IOException {
    return new GoldenFile(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
  }

  List<String> names() {
    return List.copyOf(header.keySet());
  }

  private Map<?, ?> entry(String name) {
    Map<?, ?> entry = header.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("there is no " + name + " in " + header.keySet());
    }
    return entry;
  }

  private int at(Map<?, ?> entry) {
    return start + ((Number) ((List<?>) entry.get("data_offsets")).getFirst()).intValue();
  }

  /// An array; integers as floats.
  NdArray array(String name) {
    Map<?, ?> entry = entry(name);
    Shape shape =
        Shape.of(
            ((List<?>) entry.get("shape"))
                .stream().mapToInt(n -> ((Number) n).intValue()).toArray());
    float[] values = new float[shape.size()];
    boolean integers = "I64".equals(entry.get("dtype"));
    for (int i = 0; i < values.length; i++) {
      values[i] = integers ? bytes.getLong(at(entry) + 8 * i) : bytes.getFloat(at(entry) + 4 * i);
    }
    return NdArray.of(shape, values);
  }

  static Object json(String text) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      return value(parser);
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
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default -> parser.getText();
    };
  }
}
